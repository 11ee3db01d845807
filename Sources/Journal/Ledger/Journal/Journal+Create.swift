import Events
import Platform

extension Journal {
  /// Makes a data directory with a journal of one event, signed, and opens it for writing.
  ///
  /// A crash leaves a directory that can be created again; nothing in it counts until `creating`
  /// is gone.
  ///
  /// - Parameter application: the program and its version, for `journal.created`.
  /// - Throws: `LedgerError.exists` where there is a journal or a part of one.
  public static func create(
    at data: String, application: String, surroundings: Surroundings = Surroundings()
  ) throws -> Journal {
    let directory = DataDirectory(data)
    try Directory.create(directory.path, parents: true)
    try refuseRemote(directory)
    try clear(directory)
    let lock = try WriterLock(directory)
    try mark(directory)
    for path in [directory.journal, directory.checkpoints] { try Directory.create(path) }
    let log = LogID(rawValue: surroundings.entropy.id())
    let founding = try foundKeyring(directory, log, surroundings)
    try ContentStore.create(directory.content)
    try Epoch.create(
      EpochMeta(
        log: log, epoch: 0, first: Position(1), frontier: Frontier(), tip: Frontier(),
        keyring: founding.age),
      unfinished: directory.unfinishedEpoch(0), at: directory.epoch(0), in: directory.journal,
      limits: surroundings.limits)
    try begin(directory, log, founding, application, surroundings)
    try Directory.remove(directory.creating)
    try Directory.sync(directory.path)
    return try Journal(directory, .writer, surroundings, lock)
  }

  /// The keys a journal begins with.
  struct Founding {
    let signer: NoteSigner
    let serverSlot: Slot
    let age: KeyringAge
  }

  /// Makes the keyring with the signing key in slot 1 and the server's own key behind it.
  private static func foundKeyring(
    _ directory: DataDirectory, _ log: LogID, _ surroundings: Surroundings
  ) throws -> Founding {
    let keyring = try Keyring.create(
      in: directory.keyring, log: log, created: surroundings.clock.now(),
      entropy: surroundings.entropy)
    let seed = surroundings.entropy.key()
    let signing = NewSlot(slot: signingSlot, kind: .logSigningKey, subject: log.rawValue, key: seed)
    let server = NewSlot(
      slot: signing.next, kind: .domain, subject: .zero, key: surroundings.entropy.key())
    try keyring.add([signing, server])
    return Founding(
      signer: try NoteSigner(name: origin(of: log), seed: seed), serverSlot: server.slot,
      age: keyring.age)
  }

  /// Writes and signs the first event.
  private static func begin(
    _ directory: DataDirectory, _ log: LogID, _ founding: Founding, _ application: String,
    _ surroundings: Surroundings
  ) throws {
    let epochs = try Epochs(directory, limits: surroundings.limits, isWriter: true)
    defer { epochs.close() }
    let now = surroundings.clock.now()
    let event = Event.journalCreated(
      JournalCreated(
        key: founding.serverSlot, log: log, verifierKey: founding.signer.verifier.description,
        origin: origin(of: log), application: application))
    let header = EventHeader(
      position: Position(1), time: now, type: event.type,
      id: EventID(rawValue: surroundings.entropy.timedID(at: now)))
    var batch = RecordBatch(first: Position(1))
    batch.append(try RecordParts(header, event).record())
    let writer = JournalWriter(
      epochs, tip: Tip(keyring: founding.age), signer: founding.signer, origin: origin(of: log))
    let note = try writer.append(
      batch, JournalWriter.Remarks(keyring: founding.age, signs: true))
    let notes = CheckpointFiles(
      directory: directory.checkpoints, outside: surroundings.outsideNotes)
    if let note, let outside = try notes.publish(note, at: now) {
      surroundings.diagnostics.log(.warning, "checkpoint_outside_failed", [("error", outside)])
    }
  }

  static func origin(of log: LogID) -> String { "daybook/\(log)" }

  /// Removes what an interrupted creation left; refuses anything else that is there.
  private static func clear(_ directory: DataDirectory) throws {
    let parts = [
      directory.journal, directory.keyring, directory.content, directory.checkpoints,
      directory.state,
    ]
    if Directory.exists(directory.creating) {
      for path in parts { try Directory.removeTree(path) }
    } else if parts.contains(where: Directory.exists) {
      throw LedgerError.exists(path: directory.path)
    }
  }

  /// Says that the directory is not finished.
  static func mark(_ directory: DataDirectory) throws {
    let marker = try Descriptor.open(directory.creating, [.write, .create])
    try marker.fsync()
    try Directory.sync(directory.path)
  }
}
