import Events
import Platform
import Store

/// The one hand that appends to the journal: it knows the tree and the place of the next record.
///
/// It is confined to the thread of its owner; there is one for a journal at a time.
final class JournalWriter {
  private let epochs: Epochs
  private let signer: NoteSigner?
  private let origin: String
  private(set) var tip: Tip

  init(_ epochs: Epochs, tip: Tip, signer: NoteSigner?, origin: String) {
    self.epochs = epochs
    self.tip = tip
    self.signer = signer
    self.origin = origin
  }

  /// The last position that is durable.
  var head: Position { Position(tip.tree.size) }
  /// The position the next record gets.
  var next: Position { Position(tip.tree.size + 1) }
  /// Whether there are records that no checkpoint covers.
  var hasUnsigned: Bool { tip.signedSize < tip.tree.size }

  /// What a state that has folded everything is to remember.
  var stateCheckpoint: StateCheckpoint {
    StateCheckpoint(log: epochs.log, tree: tip.tree.frontier)
  }

  /// What a commit says besides its records.
  struct Remarks {
    /// The slots that are to be destroyed and are not destroyed yet.
    var pending: [Slot] = []
    /// How new the keyring is that the records rely on.
    var keyring: KeyringAge
    /// Whether to sign a checkpoint over the records in the same commit.
    var signs = false
  }

  /// Appends records, the tiles they complete and the new tip, synced.
  ///
  /// - Parameter fault: called just before the commit, to make it fail in tests.
  /// - Returns: the signed checkpoint.
  /// - Throws: an error that `isFull` knows where nothing happened because there was no space; any
  ///   other error may come from the commit itself.
  func append(
    _ batch: RecordBatch, _ remarks: Remarks, fault: () throws -> Void = {}
  ) throws -> String? {
    var new = tip
    var tiles: [Tile] = []
    for leaf in batch.leaves { new.tree.append(leaf) { tiles.append($0) } }
    new.pending = remarks.pending
    new.keyring = remarks.keyring
    let note = remarks.signs ? try sign(&new) : nil
    let epoch = epochs.live
    epoch.environment.lengthen()
    let transaction = try epoch.environment.beginWrite()
    try epoch.append(batch, to: transaction)
    for tile in tiles { try transaction.put(epoch.tiles, tile.key.bytes, tile.bytes) }
    try epoch.write(new, replacing: tip, to: transaction)
    try fault()
    try transaction.commit()
    tip = new
    return note
  }

  /// Signs a checkpoint over everything that is durable, and keeps it in `meta`, synced.
  func sign() throws -> String {
    var new = tip
    let note = try sign(&new)
    let epoch = epochs.live
    try epoch.environment.write { try epoch.write(new, replacing: tip, to: $0) }
    tip = new
    return note
  }

  /// Whether it has the key that signs checkpoints; only salvage goes on without.
  var canSign: Bool { signer != nil }

  /// The root of the tree over the first `size` records.
  func root(at size: UInt64) throws -> Digest {
    try tip.tree.root(at: size, tile: epochs.tile)
  }

  private func sign(_ tip: inout Tip) throws -> String {
    guard let signer else { throw LedgerError.keyAbsent(Journal.signingSlot) }
    let head = try Checkpoint(origin: origin, size: tip.tree.size, root: tip.tree.root)
    let note = try signer.sign(head).description
    tip.checkpoint = note
    tip.signedSize = tip.tree.size
    return note
  }
}

// MARK: epochs

extension JournalWriter {
  /// Whether the newest epoch has reached one of its limits.
  var isEpochFull: Bool {
    get throws {
      let epoch = epochs.live
      let events = next.rawValue - epoch.first.rawValue
      guard events > 0 else { return false }
      return try events >= epochs.limits.events
        || UInt64(epoch.environment.usedBytes) >= epochs.limits.bytes
    }
  }

  /// Whether the memory map of the newest epoch has hardly any room left.
  var isMapFull: Bool {
    get throws {
      let epoch = epochs.live
      guard next > epoch.first else { return false }
      return try epochs.limits.mapSize - epoch.environment.usedBytes < epochs.limits.mapSize / 8
    }
  }

  /// Begins the next epoch, empty.
  ///
  /// - Parameter fault: called after each step, to stop there in tests.
  /// - Returns: the event that must be its first.
  func beginEpoch(fault: (EpochStep) throws -> Void = { _ in }) throws -> EpochSealed {
    let sealed = sealing(epochs.live)
    try epochs.begin(
      EpochMeta(
        log: epochs.log, epoch: sealed.epoch + 1, first: next, frontier: tip.tree.frontier,
        tip: tip.tree.frontier, checkpoint: tip.checkpoint, pending: tip.pending,
        keyring: tip.keyring),
      fault: fault)
    return sealed
  }

  /// The event that a crash kept from being the first of the newest epoch; nil where it is there.
  func unannouncedEpoch() -> EpochSealed? {
    let all = epochs.all
    guard all.count > 1, epochs.live.first == next else { return nil }
    return sealing(all[all.count - 2])
  }

  private func sealing(_ epoch: Epoch) -> EpochSealed {
    EpochSealed(last: head, root: tip.tree.root, epoch: epoch.number, first: epoch.first)
  }
}
