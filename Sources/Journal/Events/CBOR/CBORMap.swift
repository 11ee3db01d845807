/// One walk through a map with text keys, in which fields are asked for in key order.
///
/// Keys that nobody asks for are stepped over, so a field that a later version added does no harm.
/// A key that does not come in its place counts as absent.
public struct CBORMap: Sendable {
  /// After `find` found a key: at its value, which must be read next.
  public internal(set) var cursor: CBORCursor
  /// The pairs of which not even the key was read.
  private var remaining: Int
  /// The key that was read and whose value was not, if `hasKey`.
  private var key = 0..<0
  private var hasKey = false

  /// The map that starts where `cursor` is.
  public init(_ cursor: CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    self.cursor = cursor
    remaining = try self.cursor.enterMap(in: bytes)
  }

  /// Whether `name` is in the map; if so `cursor` is at its value, which must be read next.
  public mutating func find(
    _ name: StaticString, in bytes: Span<UInt8>
  ) throws(CBORError) -> Bool {
    while true {
      if !hasKey {
        guard remaining > 0 else { return false }
        key = try cursor.text(in: bytes)
        remaining -= 1
        hasKey = true
      }
      let order = name.order(of: key, in: bytes)
      guard order <= 0 else { return false }
      hasKey = false
      if order == 0 { return true }
      try cursor.skip(in: bytes)
    }
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
    if hasKey { try cursor.skip(in: bytes) }
    hasKey = false
    while remaining > 0 {
      try cursor.skip(in: bytes)
      try cursor.skip(in: bytes)
      remaining -= 1
    }
    cursor.leave()
  }
}
