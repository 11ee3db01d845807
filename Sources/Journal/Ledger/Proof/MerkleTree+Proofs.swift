import Platform

extension MerkleTree {
  /// The audit path of leaf `index` (from 0) in the tree's first `size` leaves, the leaf's sibling
  /// first. RFC 6962 §2.1.1
  ///
  /// - Parameter tile: the stored full tile of a key, or nil.
  /// - Throws: `ProofError.beyond` or `.missingTile`; what `tile` throws.
  public func inclusionProof(
    of index: UInt64, in size: UInt64, tile: (TileKey) throws -> Tile?
  ) throws -> [Digest] {
    guard size <= self.size, index < size else { throw ProofError.beyond(size: self.size) }
    var proof: [Digest] = []
    var range = 0..<size
    while range.upperBound - range.lowerBound > 1 {
      let middle = MerkleTree.middle(of: range)
      let left = range.lowerBound..<middle
      let right = middle..<range.upperBound
      proof.append(try hash(of: index < middle ? right : left, tile: tile))
      range = index < middle ? left : right
    }
    return proof.reversed()
  }

  /// The proof that the first `first` leaves (at least 1) are a prefix of the first `second`.
  /// RFC 6962 §2.1.2
  public func consistencyProof(
    from first: UInt64, to second: UInt64, tile: (TileKey) throws -> Tile?
  ) throws -> [Digest] {
    guard second <= size, 1...max(1, second) ~= first else {
      throw ProofError.beyond(size: size)
    }
    var proof: [Digest] = []
    var range = 0..<second
    while range.upperBound != first {
      let middle = MerkleTree.middle(of: range)
      let left = range.lowerBound..<middle
      let right = middle..<range.upperBound
      proof.append(try hash(of: first <= middle ? right : left, tile: tile))
      range = first <= middle ? left : right
    }
    if range.lowerBound > 0 { proof.append(try hash(of: range, tile: tile)) }
    return proof.reversed()
  }

  /// The root of the tree's first `size` leaves.
  public func root(at size: UInt64, tile: (TileKey) throws -> Tile?) throws -> Digest {
    guard size <= self.size else { throw ProofError.beyond(size: self.size) }
    guard size > 0 else { return Frontier().root }
    return try hash(of: 0..<size, tile: tile)
  }

  /// Where RFC 6962 §2.1 splits `range`: at the largest power of two smaller than its length.
  private static func middle(of range: Range<UInt64>) -> UInt64 {
    let count = range.upperBound - range.lowerBound
    return range.lowerBound + (1 << UInt64(63 - (count - 1).leadingZeroBitCount))
  }

  /// The hash of a subtree whose first leaf is a multiple of the power of two it splits at.
  private func hash(
    of range: Range<UInt64>, tile: (TileKey) throws -> Tile?
  ) throws -> Digest {
    var lefts: [Digest] = []
    var rest = range
    while true {
      let count = rest.upperBound - rest.lowerBound
      if count.nonzeroBitCount == 1 {
        let last = try perfect(first: rest.lowerBound, height: count.trailingZeroBitCount, tile)
        return lefts.reversed().reduce(last) { SHA256.node($1, $0) }
      }
      let middle = MerkleTree.middle(of: rest)
      let height = (middle - rest.lowerBound).trailingZeroBitCount
      lefts.append(try perfect(first: rest.lowerBound, height: height, tile))
      rest = middle..<rest.upperBound
    }
  }

  /// The root of the perfect subtree of 2^`height` leaves from leaf `first` on.
  private func perfect(
    first: UInt64, height: Int, _ tile: (TileKey) throws -> Tile?
  ) throws -> Digest {
    let level = min(height / 8, Int(TileKey.maximumLevel))
    let hash = first >> (8 * UInt64(level))
    let key = TileKey(level: UInt8(level), index: hash >> 8)
    let offset = Int(hash & 255)
    let inner = height - 8 * level
    if inner == 8 { return try found(key, width: 256, tile).subtree(first: 0, height: 8) }
    return try found(key, width: offset + (1 << inner), tile)
      .subtree(first: offset, height: inner)
  }

  private func found(
    _ key: TileKey, width: Int, _ tile: (TileKey) throws -> Tile?
  ) throws -> Tile {
    if key.width(in: size) == TileKey.fullWidth {
      guard let full = try tile(key), full.isFull else { throw ProofError.missingTile(key) }
      return full
    }
    guard let partial = partialTile(level: key.level), partial.key == key,
      partial.hashes.count >= width
    else { throw ProofError.missingTile(key) }
    return partial
  }
}
