import Events
import Platform

/// The end of a journal, read back and found to be what was signed.
///
/// Records after the last signed checkpoint are hashed again and compared with the stored tiles
/// and the frontier; the tree at the checkpoint must have the root that was signed.
struct TipCheck {
  /// The tree over all records.
  let tree: MerkleTree
  /// The id of the last event that has one.
  let lastID: ID
  /// The table `meta` of the newest epoch.
  let meta: EpochMeta

  /// - Throws: `LedgerError.damaged` with the first position that is not as it was written, as far
  ///   as that can be told.
  init(_ epochs: Epochs, key: VerifierKey, origin: String) throws {
    let meta = try epochs.live.meta()
    let signed = try Self.signed(meta.checkpoint, key: key, origin: origin)
    guard (signed?.size ?? 0) <= meta.tip.size else {
      throw LedgerError.damaged(
        position: Position(meta.tip.size), what: "the checkpoint is ahead of the records")
    }
    var walk = try Walk(epochs, from: signed?.size ?? 0)
    if let signed, walk.tree.root != signed.root {
      throw LedgerError.damaged(
        position: Position(signed.size), what: "the tree differs from the signed checkpoint")
    }
    try walk.run(through: meta.tip.size)
    guard walk.tree.frontier == meta.tip else {
      throw LedgerError.damaged(
        position: Position(meta.tip.size), what: "the records differ from the stored frontier")
    }
    guard try epochs.live.page(from: Position(meta.tip.size + 1), limit: 1).isEmpty else {
      throw LedgerError.damaged(
        position: Position(meta.tip.size + 1), what: "a record lies behind the last one")
    }
    tree = walk.tree
    lastID = try Self.lastID(epochs, size: meta.tip.size)
    self.meta = meta
  }

  private static func signed(
    _ note: String?, key: VerifierKey, origin: String
  ) throws -> Checkpoint? {
    guard let note else { return nil }
    do {
      return try Checkpoint(try SignedNote(Array(note.utf8)), origin: origin, keys: [key])
    } catch {
      throw LedgerError.damaged(position: nil, what: "the signed checkpoint in meta: \(error)")
    }
  }

  /// The id of the newest record that was not redacted.
  private static func lastID(_ epochs: Epochs, size: UInt64) throws -> ID {
    var position = size
    while position > 0 {
      guard let record = try epochs.epoch(of: Position(position)).record(at: Position(position))
      else { break }
      if let id = try RecordView(record.bytes).header?.id { return id.rawValue }
      position -= 1
    }
    return .zero
  }

  /// Hashes records and compares the tiles they complete with the stored ones.
  private struct Walk {
    let epochs: Epochs
    var tree: MerkleTree

    /// Begins with the tree of the first `size` records.
    init(_ epochs: Epochs, from size: UInt64) throws {
      self.epochs = epochs
      var leaves: [Digest] = []
      try Self.each(epochs, after: size & ~255, through: size) { _, leaf in leaves.append(leaf) }
      do {
        tree = try MerkleTree(size: size, leaves: leaves, tile: epochs.tile)
      } catch let error as ProofError {
        throw LedgerError.damaged(position: nil, what: "\(error)")
      }
    }

    mutating func run(through size: UInt64) throws {
      let epochs = epochs
      try Self.each(epochs, after: tree.size, through: size) { position, leaf in
        try tree.append(leaf) { tile in
          guard try epochs.tile(tile.key) == tile else {
            throw LedgerError.damaged(
              position: position, what: "the records differ from tile \(tile.key.path())")
          }
        }
      }
    }

    private static func each(
      _ epochs: Epochs, after: UInt64, through: UInt64,
      _ body: (Position, Digest) throws -> Void
    ) throws {
      var next = after + 1
      while next <= through {
        let position = Position(next)
        let limit = Int(min(through - after, UInt64(RecordPage.recordLimit)))
        let page = try epochs.epoch(of: position).page(from: position, limit: limit)
        guard !page.isEmpty else {
          throw LedgerError.damaged(position: position, what: "the record is missing")
        }
        for index in 0..<page.count where page.position(index).rawValue <= through {
          try page.withRecord(index) { record in
            try body(page.position(index), try RecordView.leaf(of: record, at: page.position(index)))
          }
        }
        next = page.last.rawValue + 1
      }
    }
  }
}
