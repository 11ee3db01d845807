/// Why bytes are not the CBOR that was expected. RFC 8949
///
/// Offsets count bytes from the start of what was read.
public enum CBORError: Error, Hashable, Sendable {
  /// The bytes end inside an item.
  case truncated(at: Int)
  /// Reserved or indefinite lengths, tags, floats, or simple values other than bool and null.
  case unsupported(at: Int)
  /// An argument is longer than it needs to be. RFC 8949 §4.2.1
  case notShortest(at: Int)
  /// Another type of item was expected.
  case unexpected(at: Int)
  /// The item is of the expected type, but its value cannot be what it should be.
  case outOfRange(at: Int)
  /// Text that is not UTF-8.
  case notText(at: Int)
  /// Map keys are not in bytewise order, or one occurs twice. RFC 8949 §4.2.1
  case unordered(at: Int)
  /// Items are nested deeper than `CBORCursor.maximumDepth`.
  case tooDeep(at: Int)
  /// Bytes follow the item.
  case trailing(at: Int)
}

extension CBORError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncated(let offset): "CBOR ends too early at byte \(offset)"
    case .unsupported(let offset): "CBOR item of an unsupported kind at byte \(offset)"
    case .notShortest(let offset): "CBOR argument not in shortest form at byte \(offset)"
    case .unexpected(let offset): "CBOR item of an unexpected type at byte \(offset)"
    case .outOfRange(let offset): "CBOR value out of range at byte \(offset)"
    case .notText(let offset): "CBOR text that is not UTF-8 at byte \(offset)"
    case .unordered(let offset): "CBOR map keys out of order at byte \(offset)"
    case .tooDeep(let offset): "CBOR nested too deep at byte \(offset)"
    case .trailing(let offset): "bytes after the CBOR item at byte \(offset)"
    }
  }
}
