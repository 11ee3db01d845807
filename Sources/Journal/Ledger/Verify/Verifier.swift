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
    /// Whether bodies are read too.
    public var readsContents = true
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
      let epochs = try Epochs(directory, limits: EpochLimits(), isWriter: false)
      defer { epochs.close() }
      try run(epochs, tell)
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

  /// Verifies epochs that are open already, such as those of the process that writes.
  func run(_ epochs: Epochs, _ tell: @escaping (VerificationLine) -> Void) throws {
    let head = Position(try epochs.tip().size)
    tell(.head(head))
    let created = try Journal.created(epochs)
    let key = try VerifierKey(created.verifierKey)
    let signed = SignedHeads(directory, epochs, key: key, origin: created.origin, tell: tell)
    let keyring = Self.keyring(directory, epochs.log, tell)
    var walk = VerificationWalk(
      epochs: epochs, head: head, signed: signed, records: RecordCheck(keyring, tell: tell),
      contents: options.readsContents ? ContentCheck(directory, log: epochs.log, tell: tell) : nil,
      pace: options.pace, tell: tell)
    guard try walk.run() else { return }
    try signed.checkBeyond(epochs)
    tell(.done(walk.root))
  }

  /// The keyring, where it is there and can be read: without it seals and wraps stay unopened.
  private static func keyring(
    _ directory: DataDirectory, _ log: LogID, _ tell: (VerificationLine) -> Void
  ) -> Keyring? {
    guard Directory.exists(directory.keyring) else { return nil }
    do {
      let keyring = try Keyring.open(
        directory.keyring, log: log,
        options: KeyringOptions(isWritable: false, toleratesDamage: true))
      for slot in keyring.damagedSlots {
        tell(.finding(VerificationFinding(position: nil, what: "keyring slot \(slot) is damaged")))
      }
      return keyring
    } catch let error as SystemError where error.code == 13 {
      return nil
    } catch {
      tell(.finding(VerificationFinding(position: nil, what: "the keyring: \(error)")))
      return nil
    }
  }
}
