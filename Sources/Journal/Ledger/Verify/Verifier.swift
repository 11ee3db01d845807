import Events
import Platform
import Store

/// Reads a whole journal again and compares it with itself and with what was signed.
///
/// It finds any changed byte of a record, tile, checkpoint or body that is in use, with its
/// position. Beside a running server it goes up to the head it read at the start. It trusts nothing
/// it reads, but it reads through a memory map: run it in a process of its own, through
/// `VerificationChild`, so that damage that kills is reported too.
public struct Verifier {
  /// What is verified, and how quickly.
  public struct Options: Sendable {
    /// Whether a body that is not there is still held, by the position of the event that brought
    /// it; nil where that cannot be told, and then each absent one counts as lost.
    public var isHeld: (@Sendable (Position, ContentID) throws -> Bool)?
    /// The bodies and the keys, where they are open already.
    var contents: ContentStore?
    var keyring: Keyring?
    /// Called with the bytes read since the last call; false ends the verification early.
    public var pace: @Sendable (Int) -> Bool = { _ in true }

    public init() {}
  }

  private let directory: DataDirectory
  private let options: Options

  public init(data: String, options: Options = Options()) {
    directory = DataDirectory(data)
    self.options = options
  }

  /// Verifies and tells what it does and finds, line by line.
  public func run(tell: @escaping (VerificationLine) -> Void) {
    do {
      try auditPages(tell)
      // What is asked about absent bodies may open the journal itself, so it is closed by then.
      let epochs = try Epochs(directory, limits: EpochLimits(), isWriter: false)
      let outcome = Result { try walk(epochs, tell) }
      epochs.close()
      try finish(try outcome.get(), tell)
    } catch let LedgerError.damaged(position, what) {
      tell(.finding(VerificationFinding(position: position, what: what)))
    } catch {
      tell(.finding(VerificationFinding(position: nil, what: "\(error)")))
    }
  }

  /// The same, as a report.
  public func report() -> VerificationReport {
    var report = VerificationReport()
    run { report.hear($0) }
    report.hearEnd(signal: nil)
    return report
  }

  /// Looks at the pages of the epochs before LMDB does; at those of one that is written to beside it.
  private func auditPages(_ tell: (VerificationLine) -> Void) throws {
    let numbers = try Epochs.numbers(in: directory)
    let isWritten = WriterLock.isHeld(directory)
    for number in numbers {
      let isLive = isWritten && number == numbers.last
      for finding in try isLive ? auditLive(number) : audit(number, asOf: nil) ?? [] {
        tell(.finding(VerificationFinding(position: nil, what: finding)))
      }
    }
  }

  /// What is wrong with the pages of an epoch; nil where the commit is gone.
  private func audit(_ number: UInt64, asOf commit: UInt64?) throws -> [String]? {
    let name = "journal/\(DataDirectory.epochName(number))/data.mdb"
    var audit = try PageAudit("\(directory.path)/\(name)", name: name)
    return try audit.run(asOf: commit) ? audit.findings : nil
  }

  /// The same for the epoch that is written to, as a read transaction sees it. Its writer needs more
  /// room until it ends.
  private func auditLive(_ number: UInt64) throws -> [String] {
    let path = directory.epoch(number)
    let epoch = try Epoch(number, at: path, limits: EpochLimits(), access: .readOnly)
    defer { epoch.environment.close() }
    for _ in 0..<1_000 {
      let findings = try epoch.environment.read { try audit(number, asOf: $0.commit) }
      if let findings { return findings }
    }
    return ["\(path): no meta page is of the commit that readers see"]
  }

  /// Verifies epochs that are open already, such as those of the process that writes.
  func run(_ epochs: Epochs, _ tell: @escaping (VerificationLine) -> Void) throws {
    try finish(try walk(epochs, tell), tell)
  }

  /// Goes through the epochs; nil where it was ended early.
  private func walk(
    _ epochs: Epochs, _ tell: @escaping (VerificationLine) -> Void
  ) throws -> VerificationWalk? {
    let head = Position(try epochs.tip().size)
    tell(.head(head))
    let created = try Journal.created(epochs)
    let key = try VerifierKey(created.verifierKey)
    let signed = SignedHeads(directory, epochs, key: key, origin: created.origin, tell: tell)
    let keyring = keyring(epochs, tell)
    var walk = VerificationWalk(
      epochs: epochs, head: head, signed: signed, records: RecordCheck(keyring, tell: tell),
      contents: contentCheck(epochs.log, tell), pace: options.pace, tell: tell)
    guard try walk.run() else { return nil }
    try signed.checkBeyond(epochs)
    return walk
  }

  /// Asks who holds the bodies that are not there, and ends the verification.
  private func finish(
    _ walk: VerificationWalk?, _ tell: (VerificationLine) -> Void
  ) throws {
    guard let walk else { return }
    for (position, content) in walk.contents?.absent ?? [] {
      var what = "\(ContentError.absent(content))"
      do {
        if let isHeld = options.isHeld, try !isHeld(position, content) { continue }
      } catch {
        what += "; whether it is still needed cannot be told: \(error)"
      }
      tell(.finding(VerificationFinding(position: position, what: what)))
    }
    tell(.done(walk.root))
  }

  private func contentCheck(
    _ log: LogID, _ tell: @escaping (VerificationLine) -> Void
  ) -> ContentCheck? {
    do {
      let store =
        try options.contents ?? ContentStore(directory.content, log: log, isWriter: false)
      return ContentCheck(store, tell: tell)
    } catch {
      tell(.finding(VerificationFinding(position: nil, what: "the content: \(error)")))
      return nil
    }
  }

  /// The keyring, where it is there and can be read: without it seals and wraps stay unopened.
  private func keyring(
    _ epochs: Epochs, _ tell: (VerificationLine) -> Void
  ) -> Keyring? {
    guard Directory.exists(directory.keyring) else { return nil }
    do {
      let needed = try epochs.live.meta().keyring.nextSlot
      for finding in try KeyringCheck.settled(directory.keyring, needed: needed) {
        tell(.finding(VerificationFinding(position: nil, what: finding)))
      }
      return try options.keyring
        ?? Keyring.open(
          directory.keyring, log: epochs.log,
          options: KeyringOptions(isWritable: false, needed: needed, toleratesDamage: true))
    } catch let error as SystemError where error.isForbidden {
      return nil
    } catch {
      tell(.finding(VerificationFinding(position: nil, what: "the keyring: \(error)")))
      return nil
    }
  }
}
