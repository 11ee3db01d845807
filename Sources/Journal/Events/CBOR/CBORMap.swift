/// One walk through a map with text keys, in which fields are asked for in key order.
///
/// Keys that nobody asks for are stepped over, so a field that a later version added does no harm.
/// A key that does not come in its place counts as absent.
public struct CBORMap: Sendable {
  public internal(set) var cursor: CBORCursor
  private var remaining: Int

  /// The map that starts where `cursor` is.
  public init(_ cursor: CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    self.cursor = cursor
    remaining = try self.cursor.enterMap(in: bytes)
  }

  /// Whether `name` is in the map; if so `cursor` is at its value, which must be read next.
  public mutating func find(
    _ name: StaticString, in bytes: Span<UInt8>
  ) throws(CBORError) -> Bool {
    while remaining > 0 {
      var next = cursor
      let key = try next.text(in: bytes)
      switch name.order(of: key, in: bytes) {
      case 0:
        cursor = next
        remaining -= 1
        return true
      case 1:
        return false
      default:
        try next.skip(in: bytes)
        cursor = next
        remaining -= 1
      }
    }
    return false
  }

  /// The value of `name`, or nil where the map has none.
  public mutating func optional<Value: FieldValue>(
    _ name: StaticString, in bytes: Span<UInt8>
  ) throws(CBORError) -> Value? {
    guard try find(name, in: bytes) else { return nil }
    return try Value(from: &cursor, in: bytes)
  }

  /// The value of `name`, which must be there.
  public mutating func required<Value: FieldValue>(
    _ name: StaticString, in bytes: Span<UInt8>
  ) throws(CBORError) -> Value {
    guard try find(name, in: bytes) else { throw .unexpected(at: cursor.offset) }
    return try Value(from: &cursor, in: bytes)
  }

  /// Steps over what is left of the map; `cursor` is then behind it.
  public mutating func finish(in bytes: Span<UInt8>) throws(CBORError) {
    while remaining > 0 {
      try cursor.skip(in: bytes)
      try cursor.skip(in: bytes)
      remaining -= 1
    }
    cursor.leave()
  }
}
