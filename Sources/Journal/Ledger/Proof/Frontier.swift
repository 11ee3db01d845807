import Platform

/// The roots of the perfect subtrees a tree of `size` leaves is made of, the largest first.
///
/// It is all that is needed to append further leaves and to tell the root. RFC 6962 §2.1
public struct Frontier: Hashable, Sendable {
  public private(set) var size: UInt64
  /// One hash for each bit that is set in `size`.
  public private(set) var hashes: [Digest]

  /// The frontier of the empty tree.
  public init() {
    size = 0
    hashes = []
  }

  init(size: UInt64, hashes: [Digest]) {
    self.size = size
    self.hashes = hashes
  }

  /// The tree's root hash; that of the empty tree is SHA-256 of nothing. RFC 6962 §2.1
  public var root: Digest {
    guard var root = hashes.last else { return SHA256.digest([UInt8]()) }
    for left in hashes.dropLast().reversed() { root = SHA256.node(left, root) }
    return root
  }

  /// Adds a leaf hash.
  public mutating func append(_ leaf: Digest) {
    var tops: [Digest] = []
    append(leaf, tops: &tops)
  }

  /// Adds a leaf hash, and appends to `tops` the roots of the tiles it completed, the lowest first.
  mutating func append(_ leaf: Digest, tops: inout [Digest]) {
    var node = leaf
    var height = 0
    while size & (1 << UInt64(height)) != 0 {
      node = SHA256.node(hashes.removeLast(), node)
      height += 1
      if height & 7 == 0 { tops.append(node) }
    }
    hashes.append(node)
    size += 1
  }

  /// The value of `frontier` in an epoch's `meta` table: the size, eight bytes big endian, then
  /// the hashes, the largest subtree first.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: size >> shift))
    }
    hashes.append(to: &bytes)
    return bytes
  }

  /// Reads what `bytes` wrote.
  public init(bytes: [UInt8]) throws(ProofError) {
    guard bytes.count >= 8, let hashes = [Digest](concatenated: bytes.span.extracting(8...)) else {
      throw .malformed("frontier of \(bytes.count) bytes")
    }
    size = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
    self.hashes = hashes
    guard hashes.count == size.nonzeroBitCount else {
      throw .malformed("frontier of \(hashes.count) hashes for size \(size)")
    }
  }
}
