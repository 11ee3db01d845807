import Events
import Platform

extension Tip {
  /// Reads the end of a journal back and finds it to be what was signed.
  ///
  /// Records after the last signed checkpoint are hashed again and compared with the stored tiles
  /// and the frontier; the tree at the checkpoint must have the root that was signed.
  ///
  /// - Throws: `LedgerError.damaged` with the first position that is not as it was written, as far
  ///   as that can be told.
  init(reading epochs: Epochs, key: VerifierKey, origin: String) throws {
    let meta = try epochs.live.meta()
    let signed = try Self.signed(meta.checkpoint, key: key, origin: origin)
    guard (signed?.size ?? 0) <= meta.tip.size else {
      throw LedgerError.damaged(
        position: Position(meta.tip.size), what: "the checkpoint is ahead of the records")
    }
    self.init(keyring: meta.keyring)
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
    let next = Position(meta.tip.size + 1)
    guard try epochs.live.page(from: next, limit: 1).isEmpty else {
      throw LedgerError.damaged(position: next, what: "a record lies behind the last one")
    }
    tree = walk.tree
    checkpoint = meta.checkpoint
    signedSize = signed?.size ?? 0
    pending = meta.pending
    lastID = try Self.lastID(epochs, size: meta.tip.size)
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
    var position = Position(size)
    while position > .zero {
      guard let record = try epochs.epoch(of: position).record(at: position) else { break }
      if let id = try record.header()?.id { return id.rawValue }
      position = Position(position.rawValue - 1)
    }
    return .zero
  }
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
    var tree = tree
    try Self.each(epochs, after: tree.size, through: size) { position, leaf in
      try tree.append(leaf) { tile in
        guard try epochs.tile(tile.key) == tile else {
          throw LedgerError.damaged(
            position: position, what: "the records differ from tile \(tile.key.path())")
        }
      }
    }
    self.tree = tree
  }

  private static func each(
    _ epochs: Epochs, after: UInt64, through: UInt64, _ body: (Position, Digest) throws -> Void
  ) throws {
    var last = after
    while last < through {
      let first = Position(last + 1)
      let limit = Int(min(through - last, UInt64(RecordPage.recordLimit)))
      let page = try epochs.epoch(of: first).page(from: first, limit: limit)
      guard !page.isEmpty else {
        throw LedgerError.damaged(position: first, what: "the record is missing")
      }
      for index in 0..<page.count { try body(page.position(index), try page.leaf(index)) }
      last = page.last.rawValue
    }
  }
}
