import Events
import Platform
import Store

/// Copies a journal, consistently, while it is being written.
///
/// Epochs that are full and files that have not changed since the last backup are not copied again.
/// The keyring goes apart, sealed under a passphrase, and only its newest state is kept: so an old
/// backup does not bring back what was erased.
public struct Backup {
  /// What was done.
  public struct Report: Hashable, Sendable {
    public var manifest: BackupManifest
    /// Files copied, their bytes, and files that were there already.
    public var copied = 0
    public var copiedBytes: UInt64 = 0
    public var skipped = 0
  }

  /// The name of the sealed keyring in a backup.
  public static let keyringName = "keyring.sealed"

  private let journal: Journal
  private let target: String

  /// - Parameter target: a directory that does not exist, is empty, or holds an earlier backup of
  ///   the same journal.
  public init(of journal: Journal, to target: String) {
    self.journal = journal
    self.target = DataDirectory(target).path
  }

  /// Makes the backup. Ask the Scribe for a signed checkpoint just before, so that the backup
  /// proves itself up to its end.
  ///
  /// - Parameters:
  ///   - passphrase: seals the keyring; whoever restores needs it.
  ///   - progress: told the bytes gone through and how many there are in all.
  /// - Throws: `BackupError`, and what reading and writing throw; then the last manifest still
  ///   describes what it described, as far as files were not replaced.
  public func run(
    passphrase: [UInt8], progress: @escaping (UInt64, UInt64) -> Void = { _, _ in }
  ) throws -> Report {
    if let why = journal.keyringRefusal { throw BackupError.keyring(why) }
    let total = try size()
    var shelf = try BackupShelf(target, log: journal.log) { progress(min($0, total), total) }
    // Bodies before the journal, so that none is missed that is freed meanwhile, and again after
    // it, so that none is missed that came meanwhile.
    try takeContent(&shelf)
    try shelf.take(journal.directory.checkpoints, as: "checkpoints") { _ in true }
    let tip = try takeEpochs(&shelf)
    try takeContent(&shelf)
    try shelf.put(try keyring(passphrase), as: Self.keyringName)
    let manifest = BackupManifest(
      log: journal.log, made: journal.clock.now(), head: Position(tip.size), root: tip.root,
      files: shelf.files)
    try shelf.finish(manifest)
    return Report(
      manifest: manifest, copied: shelf.copied, copiedBytes: shelf.copiedBytes,
      skipped: shelf.skipped)
  }

  /// Bytes of what is gone through, about: what is written meanwhile is not counted.
  private func size() throws -> UInt64 {
    let segments = try Directory.list(journal.directory.content).filter {
      Segment.number(of: $0) != nil
    }
    let bodies = try segments.reduce(UInt64(0)) { sum, name in
      do {
        return try sum + Directory.status("\(journal.directory.content)/\(name)").size
      } catch let error as SystemError where error.isNotFound { return sum }
    }
    return try journal.epochs.all.reduce(2 * bodies) { sum, epoch in
      try sum + Directory.status("\(epoch.path)/data.mdb").size
    }
  }

  /// The sealed keyring, at least as new as the journal that was copied. Beside a process that
  /// writes it is read again, once more where a rotation comes in between.
  private func keyring(_ passphrase: [UInt8]) throws -> [UInt8] {
    guard journal.mode != .writer else { return try journal.keyring.export(passphrase: passphrase) }
    try journal.keyring.refresh()
    do { return try journal.keyring.export(passphrase: passphrase) } catch KeyringError.damaged {
      try journal.keyring.refresh()
      return try journal.keyring.export(passphrase: passphrase)
    }
  }

  /// Copies segments. Their index files only save a start some reading, and may be older.
  private func takeContent(_ shelf: inout BackupShelf) throws {
    try shelf.take(journal.directory.content, as: "content") { Segment.number(of: $0) != nil }
  }

  /// Copies full epochs as files and the newest through LMDB.
  ///
  /// - Returns: the tree of what was copied.
  private func takeEpochs(_ shelf: inout BackupShelf) throws -> Frontier {
    _ = try journal.epochs.tip()
    let epochs = journal.epochs.all
    for epoch in epochs.dropLast() {
      try shelf.takeFile("\(epoch.path)/data.mdb", as: Self.path(of: epoch))
    }
    let live = epochs[epochs.count - 1]
    let copy = try shelf.workspace()
    try live.environment.copy(to: copy, compacting: false)
    let copied = try Epoch(
      live.number, at: copy, limits: journal.surroundings.limits, access: .readOnly)
    let tip = try copied.tip()
    copied.environment.close()
    try shelf.move("\(copy)/data.mdb", as: Self.path(of: live))
    return tip
  }

  private static func path(of epoch: Epoch) -> String {
    "journal/\(DataDirectory.epochName(epoch.number))/data.mdb"
  }
}
