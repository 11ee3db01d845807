import Platform

/// Checks of inclusion and consistency that need nothing but hashes.
public enum MerkleProof {
  /// True where `proof` shows that `leaf` is leaf `index` of the tree of `size` leaves with `root`.
  /// RFC 9162 §2.1.3.2
  public static func includes(
    leaf: Digest, index: UInt64, size: UInt64, proof: [Digest], root: Digest
  ) -> Bool {
    guard index < size else { return false }
    var node = index
    var last = size - 1
    var hash = leaf
    for sibling in proof {
      guard last > 0 else { return false }
      if node & 1 == 1 || node == last {
        hash = SHA256.node(sibling, hash)
        climbToRightChild(&node, &last)
      } else {
        hash = SHA256.node(hash, sibling)
      }
      node >>= 1
      last >>= 1
    }
    return last == 0 && hash == root
  }

  /// True where `proof` shows that the tree of `first` leaves is a prefix of that of `second`.
  /// RFC 9162 §2.1.4.2
  ///
  /// The empty tree is a prefix of every tree; its root must be the right one and the proof empty.
  public static func extends(
    first: UInt64, firstRoot: Digest, second: UInt64, secondRoot: Digest, proof: [Digest]
  ) -> Bool {
    if first == second { return proof.isEmpty && firstRoot == secondRoot }
    guard first < second else { return false }
    if first == 0 { return proof.isEmpty && firstRoot == Frontier().root }
    var path = proof[...]
    guard let start = first.nonzeroBitCount == 1 ? firstRoot : path.popFirst() else { return false }
    var node = first - 1
    var last = second - 1
    while node & 1 == 1 {
      node >>= 1
      last >>= 1
    }
    var old = start
    var new = start
    for sibling in path {
      guard last > 0 else { return false }
      if node & 1 == 1 || node == last {
        old = SHA256.node(sibling, old)
        new = SHA256.node(sibling, new)
        climbToRightChild(&node, &last)
      } else {
        new = SHA256.node(new, sibling)
      }
      node >>= 1
      last >>= 1
    }
    return last == 0 && old == firstRoot && new == secondRoot
  }

  private static func climbToRightChild(_ node: inout UInt64, _ last: inout UInt64) {
    while node & 1 == 0, node != 0 {
      node >>= 1
      last >>= 1
    }
  }
}
