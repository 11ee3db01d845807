/// Why a payload is not what its type and version say.
public enum DecodingFailure: Error, Hashable, Sendable {
  /// A field that every event of the type has is not there.
  case missing(field: String)
  /// A field is there, but not as declared.
  case malformed(field: String, CBORError)
  /// The map of fields itself is damaged.
  case damaged(CBORError)
}

extension DecodingFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let field): "field \(field) is missing"
    case .malformed(let field, let error): "field \(field): \(error)"
    case .damaged(let error): "\(error)"
    }
  }
}
