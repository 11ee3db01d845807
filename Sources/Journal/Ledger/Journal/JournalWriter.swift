import Events
import Platform
import Store

/// The one hand that appends to the journal: it knows the tree and the place of the next record.
///
/// It is confined to the thread of its owner; there is one for a journal at a time.
final class JournalWriter {
  private let journal: Journal
  private let epochs: Epochs
  private let signer: NoteSigner
  private var tree: MerkleTree
  /// The id of the newest event.
  let lastID: ID
  /// The last signed checkpoint.
  private(set) var checkpoint: String?
  /// The size of the tree it was signed at.
  private var signedSize: UInt64
  /// Slots that `meta` names as to be destroyed.
  private(set) var pending: [Slot]

  /// Reads back the end of the journal and finds it to be what was signed.
  init(_ journal: Journal) throws {
    self.journal = journal
    epochs = journal.epochs
    signer = try journal.noteSigner()
    let tip = try journal.checkTip()
    tree = tip.tree
    lastID = tip.lastID
    checkpoint = tip.meta.checkpoint
    signedSize = tip.signedSize
    pending = tip.meta.pending
  }

  /// The last position that is durable.
  var head: Position { Position(tree.size) }
  /// The position the next record gets.
  var next: Position { Position(tree.size + 1) }
  /// Whether there are records that no checkpoint covers.
  var hasUnsigned: Bool { signedSize < tree.size }

  /// What a state that has folded everything is to remember.
  var stateCheckpoint: StateCheckpoint {
    StateCheckpoint(log: journal.log, position: head, root: tree.root)
  }

  /// Appends records, the tiles they complete and the new tip, synced.
  ///
  /// - Parameters:
  ///   - pending: the slots that the events destroy and that are not destroyed yet.
  ///   - signs: whether to sign a checkpoint over them in the same commit.
  ///   - fault: called just before the commit, to make it fail in tests.
  /// - Returns: the signed checkpoint.
  /// - Throws: an error that `isFull` knows where nothing happened because there was no space; any
  ///   other error may come from the commit itself.
  func append(
    _ batch: RecordBatch, pending: [Slot], signs: Bool, fault: () throws -> Void = {}
  ) throws -> String? {
    var tree = tree
    var tiles: [Tile] = []
    for leaf in batch.leaves { tree.append(leaf) { tiles.append($0) } }
    let note = signs ? try sign(tree) : nil
    let epoch = epochs.live
    let transaction = try epoch.environment.beginWrite()
    try epoch.append(batch, to: transaction)
    for tile in tiles { try transaction.put(epoch.tiles, tile.key.bytes, tile.bytes) }
    try EpochMeta.writeTip(tree.frontier, epoch.metaTable, in: transaction)
    if let note { try EpochMeta.writeCheckpoint(note, epoch.metaTable, in: transaction) }
    if pending != self.pending {
      try EpochMeta.writePending(pending, epoch.metaTable, in: transaction)
    }
    try fault()
    try transaction.commit()
    self.tree = tree
    self.pending = pending
    if let note { keep(note, tree) }
    journal.reader.advance(to: head)
    return note
  }

  /// Signs a checkpoint over everything that is durable, and keeps it in `meta`, synced.
  func sign() throws -> String {
    let note = try sign(tree)
    let epoch = epochs.live
    try epoch.environment.write { try EpochMeta.writeCheckpoint(note, epoch.metaTable, in: $0) }
    keep(note, tree)
    return note
  }

  private func sign(_ tree: MerkleTree) throws -> String {
    try signer.sign(Checkpoint(origin: journal.origin, size: tree.size, root: tree.root)).description
  }

  private func keep(_ note: String, _ tree: MerkleTree) {
    checkpoint = note
    signedSize = tree.size
  }
}

// MARK: epochs

extension JournalWriter {
  /// Whether the newest epoch has reached one of its limits.
  var isEpochFull: Bool {
    get throws {
      let epoch = epochs.live
      let events = tree.size + 1 - epoch.first.rawValue
      guard events > 0 else { return false }
      return try events >= epochs.limits.events
        || UInt64(epoch.environment.usedBytes) >= epochs.limits.bytes
    }
  }

  /// Whether the memory map of the newest epoch has hardly any room left.
  var isMapFull: Bool {
    get throws {
      let epoch = epochs.live
      guard tree.size + 1 > epoch.first.rawValue else { return false }
      return try epochs.limits.mapSize - epoch.environment.usedBytes < epochs.limits.mapSize / 8
    }
  }

  /// Begins the next epoch, empty.
  ///
  /// - Returns: the event that must be its first.
  func beginEpoch() throws -> EpochSealed {
    let sealed = sealing(epochs.live)
    try epochs.begin(
      EpochMeta(
        log: journal.log, epoch: sealed.epoch + 1, first: next, frontier: tree.frontier,
        tip: tree.frontier, checkpoint: checkpoint, pending: pending))
    return sealed
  }

  /// The event that a crash kept from being the first of the newest epoch; nil where it is there.
  func unannouncedEpoch() -> EpochSealed? {
    let all = epochs.all
    guard all.count > 1, epochs.live.first == next else { return nil }
    return sealing(all[all.count - 2])
  }

  private func sealing(_ epoch: Epoch) -> EpochSealed {
    EpochSealed(last: head, root: tree.root, epoch: epoch.number, first: epoch.first)
  }
}
