import Events
import Platform
import Store

/// Everything below one data directory that is the truth: epochs, content, keyring, checkpoints.
///
/// One process at a time has it open for writing; any number may read beside it.
public final class Journal: Sendable {
  /// What a journal is opened for.
  public enum Mode: Hashable, Sendable {
    case writer, reader
    /// A reader that leaves no trace in the directory and keeps writers out meanwhile.
    case observer
  }

  public let directory: DataDirectory
  public let mode: Mode
  public let log: LogID
  /// The origin line of the checkpoints: `daybook/` and the log id.
  public let origin: String
  /// The public key of the checkpoints.
  public let verifier: VerifierKey
  /// The slot of the server's own key, which seals what belongs to no domain.
  public let serverSlot: Slot
  public let reader: JournalReader
  public let content: ContentStore
  /// The keys. A reader without the right to them has an empty keyring: see `keyringRefusal`.
  public let keyring: Keyring
  /// Why the keyring could not be read, so that everything personal reads as erased.
  public let keyringRefusal: String?
  public let surroundings: Surroundings
  let epochs: Epochs
  let notes: CheckpointFiles
  private let lock: WriterLock?

  /// What a journal takes from outside.
  public struct Surroundings: Sendable {
    public var clock: any Clock
    public var entropy: any Entropy
    public var diagnostics: Diagnostics
    /// When an epoch is full.
    public var limits = EpochLimits()
    /// A file outside the data directory that gets every signed checkpoint too.
    public var outsideNotes: String?

    public init(
      clock: any Clock = SystemClock(), entropy: any Entropy = SystemEntropy(),
      diagnostics: Diagnostics = Diagnostics()
    ) {
      self.clock = clock
      self.entropy = entropy
      self.diagnostics = diagnostics
    }
  }

  /// Opens the journal in a data directory.
  ///
  /// For writing the end of the journal is read back first: it must be what was signed, and no
  /// checkpoint may have been signed over more than there is.
  ///
  /// - Throws: `LedgerError`, `KeyringError`, `StoreError`.
  public convenience init(
    open data: String, mode: Mode, surroundings: Surroundings = Surroundings()
  ) throws {
    let directory = DataDirectory(data)
    do throws(SystemError) { _ = try Directory.status(directory.journal) } catch {
      // What may not be looked at is not the same as what is not there.
      guard error.isNotFound else { throw error }
      throw LedgerError.absent(path: directory.path)
    }
    guard !Directory.exists(directory.creating) else {
      throw LedgerError.absent(path: directory.path)
    }
    try Self.refuseRemote(directory)
    let lock: WriterLock? =
      switch mode {
      case .writer: try WriterLock(directory)
      case .observer: try WriterLock(observing: directory)
      case .reader: nil
      }
    try self.init(directory, mode, surroundings, lock)
    if mode == .writer {
      _ = try checkTip()
      try checkNotes()
    }
  }

  /// Opens a journal for reading that is not whole yet, for the proof that makes it so.
  public convenience init(
    unfinished data: String, surroundings: Surroundings = Surroundings()
  ) throws {
    try self.init(DataDirectory(data), .reader, surroundings, nil)
  }

  init(
    _ directory: DataDirectory, _ mode: Mode, _ surroundings: Surroundings,
    _ lock: WriterLock?
  ) throws {
    if mode == .writer {
      for number in try Epochs.numbers(in: directory) {
        try PageCheck.run("\(directory.epoch(number))/data.mdb")
      }
    }
    let epochs = try Epochs(
      directory, limits: surroundings.limits, isWriter: mode == .writer,
      reading: mode == .observer ? .observing : .readOnly)
    let created = try Self.created(epochs)
    let keys = try KeyringView(
      directory, mode, log: epochs.log, needed: try epochs.live.meta().keyring.nextSlot,
      surroundings)
    self.directory = directory
    self.mode = mode
    self.surroundings = surroundings
    self.epochs = epochs
    keyring = keys.keyring
    keyringRefusal = keys.refusal
    self.lock = lock
    log = epochs.log
    origin = created.origin
    verifier = try VerifierKey(created.verifierKey)
    serverSlot = created.key
    notes = CheckpointFiles(
      directory: directory.checkpoints, outside: surroundings.outsideNotes)
    reader = try JournalReader(epochs, keyring: keys.keyring)
    content = try ContentStore(
      directory.content, log: log, isWriter: mode == .writer, clock: surroundings.clock)
  }

  var clock: any Clock { surroundings.clock }
  var entropy: any Entropy { surroundings.entropy }
  var diagnostics: Diagnostics { surroundings.diagnostics }

  /// Ends the use of the journal: its files are closed and another writer may come. Whoever still
  /// reads gets `StoreError.closed`. After the Scribe's `stop`.
  public func close() {
    content.close()
    epochs.close()
    lock?.release()
  }

  /// Reads the end of the journal back.
  func checkTip() throws -> Tip {
    try Tip(reading: epochs, key: verifier, origin: origin)
  }

  /// The hand that appends. The caller sees to it that there is one at a time.
  func writer() throws -> JournalWriter {
    JournalWriter(epochs, tip: try checkTip(), signer: try noteSigner(), origin: origin)
  }

  /// The key that signs checkpoints.
  func noteSigner() throws -> NoteSigner {
    guard let seed = keyring.key(Self.signingSlot) else {
      throw LedgerError.keyAbsent(Self.signingSlot)
    }
    let signer = try NoteSigner(name: origin, seed: seed)
    guard signer.verifier == verifier else {
      throw LedgerError.damaged(
        position: Position(1), what: "the keyring's signing key is not the one of this journal")
    }
    return signer
  }

  /// The slot of the key that signs checkpoints, the first of every keyring.
  static let signingSlot = Slot(1)

  /// A checkpoint signed over more than there is tells that records are missing.
  private func checkNotes() throws {
    let tip = try reader.head
    let sources = [
      (try notes.newest(), directory.checkpoints), (try notes.newestOutside(), notes.outside ?? ""),
    ]
    for (note, source) in sources {
      guard let note else { continue }
      let signed: Checkpoint
      do { signed = try Checkpoint(note, origin: origin, keys: [verifier]) } catch {
        throw LedgerError.damaged(position: nil, what: "the newest note in \(source): \(error)")
      }
      let position = Position(signed.size)
      guard position <= tip else {
        throw LedgerError.rolledBack(tip: tip, signed: position, source: source)
      }
      guard try reader.root(at: position) == signed.root else {
        throw LedgerError.damaged(
          position: position, what: "the tree differs from the newest checkpoint in \(source)")
      }
    }
  }

  /// The first event.
  static func created(_ epochs: Epochs) throws -> JournalCreated {
    let position = Position(1)
    guard let record = try epochs.epoch(of: position).record(at: position) else {
      throw LedgerError.damaged(position: position, what: "the record is missing")
    }
    do {
      let recorded = try RecordView(record.bytes.span).recorded(in: record.bytes)
      if case .journalCreated(let created) = recorded.event, created.log == epochs.log {
        return created
      }
    } catch {
      throw LedgerError.damaged(position: position, what: "\(error)")
    }
    throw LedgerError.damaged(position: position, what: "the journal does not begin with itself")
  }

  static func refuseRemote(_ directory: DataDirectory) throws {
    if let kind = try Directory.volume(directory.path).remoteKind {
      throw LedgerError.networkFileSystem(path: directory.path, type: kind)
    }
  }
}
