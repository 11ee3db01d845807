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
  /// - Parameter passphrase: seals the keyring; whoever restores needs it.
  /// - Throws: `BackupError`, and what reading and writing throw; then the last manifest still
  ///   describes what it described, as far as files were not replaced.
  public func run(passphrase: [UInt8]) throws -> Report {
    var shelf = try BackupShelf(target, log: journal.log)
    // Bodies before the journal, so that none is missed that is freed meanwhile, and again after
    // it, so that none is missed that came meanwhile.
    try shelf.take(journal.directory.content, as: "content")
    try shelf.take(journal.directory.checkpoints, as: "checkpoints")
    let tip = try takeEpochs(&shelf)
    try shelf.take(journal.directory.content, as: "content")
    try shelf.put(try journal.keyring.export(passphrase: passphrase), as: Self.keyringName)
    let manifest = BackupManifest(
      log: journal.log, made: journal.clock.now(), head: Position(tip.size), root: tip.root,
      files: shelf.files)
    try shelf.finish(manifest)
    return Report(
      manifest: manifest, copied: shelf.copied, copiedBytes: shelf.copiedBytes,
      skipped: shelf.skipped)
  }

  /// Copies full epochs as files and the newest through LMDB.
  ///
  /// - Returns: the tree of what was copied.
  private func takeEpochs(_ shelf: inout BackupShelf) throws -> Frontier {
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
