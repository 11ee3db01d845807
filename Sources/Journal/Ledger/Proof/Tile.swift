import Platform

/// Consecutive hashes of one level of the tree, as C2SP tlog-tiles serves and the `tile` table
/// stores them: up to 256 of 32 bytes.
public struct Tile: Hashable, Sendable {
  public let key: TileKey
  public let hashes: [Digest]

  public init(key: TileKey, hashes: [Digest]) {
    self.key = key
    self.hashes = hashes
  }

  /// Reads stored bytes; an error unless they are 1 to 256 hashes.
  public init(key: TileKey, bytes: [UInt8]) throws(ProofError) {
    guard let hashes = [Digest](concatenated: bytes.span), 1...TileKey.fullWidth ~= hashes.count
    else { throw .malformed("tile \(key.path()) of \(bytes.count) bytes") }
    self.key = key
    self.hashes = hashes
  }

  public var isFull: Bool { hashes.count == TileKey.fullWidth }

  /// The hashes one after another: 8,192 bytes when the tile is full.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    hashes.append(to: &bytes)
    return bytes
  }

  /// The root of the perfect subtree of 2^`height` hashes (0 to 8) that begins at hash `first`.
  func subtree(first: Int, height: Int) -> Digest {
    Tile.root(of: hashes[first..<first + (1 << height)])
  }

  /// The root over `hashes`, of which there are a power of two.
  static func root(of hashes: ArraySlice<Digest>) -> Digest {
    var row = Array(hashes)
    while row.count > 1 {
      for pair in 0..<row.count / 2 { row[pair] = SHA256.node(row[2 * pair], row[2 * pair + 1]) }
      row.removeLast(row.count / 2)
    }
    return row[0]
  }
}
