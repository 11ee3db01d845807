import Platform

/// The journal's Merkle tree as its writer holds it: the frontier, and the partial tile of each
/// level. RFC 6962 §2.1
///
/// A value: the writer keeps a copy from before a batch and returns to it when the batch aborts.
/// Full tiles leave it through `append` and are stored with the batch that completed them.
public struct MerkleTree: Sendable {
  public private(set) var frontier: Frontier
  /// The hashes of the last, not yet full tile of each level; trailing levels may be absent.
  private var partials: [[Digest]]

  /// The empty tree.
  public init() {
    frontier = Frontier()
    partials = []
  }

  /// How many leaves there are: the position of the last record.
  public var size: UInt64 { frontier.size }
  public var root: Digest { frontier.root }

  /// The hash of a leaf that holds `record`: SHA-256(0x00 || record). RFC 6962 §2.1
  public static func leafHash(_ record: [UInt8]) -> Digest {
    SHA256.digest(prefix: 0, record)
  }

  /// Adds a leaf hash and hands out each tile it completed, the lowest level first.
  ///
  /// When `completed` throws the tree is half-changed: return to a copy from before.
  public mutating func append(
    _ leaf: Digest, completed: (Tile) throws -> Void
  ) rethrows {
    let index = size
    var tops: [Digest] = []
    push(leaf, level: 0)
    frontier.append(leaf, tops: &tops)
    for (level, top) in tops.enumerated() {
      let key = TileKey(level: UInt8(level), index: index >> (8 * (UInt64(level) + 1)))
      try completed(Tile(key: key, hashes: partials[level]))
      partials[level].removeAll(keepingCapacity: true)
      push(top, level: level + 1)
    }
  }

  /// The last tile of `level` while it is not full; nil when it is empty.
  public func partialTile(level: UInt8) -> Tile? {
    guard Int(level) < partials.count, !partials[Int(level)].isEmpty else { return nil }
    let key = TileKey(level: level, index: size >> (8 * (UInt64(level) + 1)))
    return Tile(key: key, hashes: partials[Int(level)])
  }

  /// All partial tiles, the lowest level first: what a log serves beside its full ones.
  public var partialTiles: [Tile] {
    (0..<UInt8(partials.count)).compactMap { partialTile(level: $0) }
  }

  private mutating func push(_ hash: Digest, level: Int) {
    if level == partials.count {
      partials.append([])
      partials[level].reserveCapacity(TileKey.fullWidth)
    }
    partials[level].append(hash)
  }
}

extension MerkleTree {
  /// Rebuilds the tree from what is stored, and checks it against the stored `frontier`.
  ///
  /// - Parameters:
  ///   - frontier: the frontier of the last commit.
  ///   - leaves: the leaf hashes after the last full tile of level 0: `size % 256` of them.
  ///   - tile: the stored full tile of a key, or nil.
  /// - Throws: `ProofError` where a tile is missing or the parts disagree; what `tile` throws.
  public init(
    frontier: Frontier, leaves: [Digest], tile: (TileKey) throws -> Tile?
  ) throws {
    try self.init(size: frontier.size, leaves: leaves, tile: tile)
    guard self.frontier == frontier else {
      throw ProofError.inconsistent("tiles and frontier differ at size \(frontier.size)")
    }
  }

  /// Rebuilds the tree of the first `size` leaves from what is stored, checked against nothing.
  ///
  /// - Parameters:
  ///   - leaves: the leaf hashes after the last full tile of level 0: `size % 256` of them.
  ///   - tile: the stored full tile of a key, or nil.
  /// - Throws: `ProofError` where a tile is missing; what `tile` throws.
  init(size: UInt64, leaves: [Digest], tile: (TileKey) throws -> Tile?) throws {
    self.init()
    guard UInt64(leaves.count) == size & 255 else {
      throw ProofError.inconsistent("\(leaves.count) leaves in the last tile of size \(size)")
    }
    partials = [leaves]
    var level: UInt8 = 1
    while level <= TileKey.maximumLevel, size >> (8 * UInt64(level)) > 0 {
      let hashes = size >> (8 * UInt64(level))
      partials.append(
        try (hashes & ~255..<hashes).map { index in
          let key = TileKey(level: level - 1, index: index)
          guard let full = try tile(key), full.isFull else { throw ProofError.missingTile(key) }
          return full.subtree(first: 0, height: 8)
        })
      level += 1
    }
    frontier = Frontier(size: size, hashes: MerkleTree.roots(of: partials))
  }

  /// The roots of the perfect subtrees in the partial tiles, the largest first.
  private static func roots(of partials: [[Digest]]) -> [Digest] {
    var roots: [Digest] = []
    for hashes in partials.reversed() {
      var first = 0
      for bit in (0..<8).reversed() where hashes.count & (1 << bit) != 0 {
        roots.append(Tile.root(of: hashes[first..<first + (1 << bit)]))
        first += 1 << bit
      }
    }
    return roots
  }
}
