import Platform

/// Why a tree, a proof or a note cannot be made or trusted.
public enum ProofError: Error, Hashable, Sendable {
  /// The text or bytes do not follow their format; the string says which rule.
  case malformed(String)
  /// A tile that the question needs is not stored.
  case missingTile(TileKey)
  /// A stored tile, frontier or leaf disagrees with the rest of the tree.
  case inconsistent(String)
  /// The question lies outside the tree: a leaf or a size beyond `size`.
  case beyond(size: UInt64)
  /// No known key signed the note.
  case unsigned
  /// A known key's signature does not match the text.
  case forged(name: String)
}

extension ProofError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed(let why): "malformed \(why)"
    case .missingTile(let key): "missing tile \(key.path())"
    case .inconsistent(let why): "inconsistent tree: \(why)"
    case .beyond(let size): "beyond the tree of size \(size)"
    case .unsigned: "no signature by a known key"
    case .forged(let name): "signature of \(name) does not match the text"
    }
  }
}
