import CLMDB

/// A place in a table, lent for the time of a closure.
///
/// Moving tells whether there is an entry at the new place; where there is none, the cursor stands
/// nowhere until it is moved again.
public struct Cursor: ~Copyable {
  let raw: OpaquePointer
  private var key = MDB_val()
  private var value = MDB_val()
  private var isAtEntry = false

  init(raw: OpaquePointer) {
    self.raw = raw
  }

  /// Moves to the first entry.
  public mutating func first() throws(StoreError) -> Bool { try move(MDB_FIRST) }

  /// Moves to the last entry.
  public mutating func last() throws(StoreError) -> Bool { try move(MDB_LAST) }

  /// Moves to the next entry.
  public mutating func next() throws(StoreError) -> Bool { try move(MDB_NEXT) }

  /// Moves to the entry before.
  public mutating func previous() throws(StoreError) -> Bool { try move(MDB_PREV) }

  /// Moves to the first entry whose key is `key` or greater. An empty key is less than all others.
  public mutating func seek(_ key: RawSpan) throws(StoreError) -> Bool {
    guard key.byteCount > 0 else { return try first() }
    return try key.withUnsafeBytes { (bytes) throws(StoreError) in
      self.key = MDB_val(bytes)
      return try move(MDB_SET_RANGE)
    }
  }

  /// Runs `body` with key and value of the entry the cursor stands at; with empty ones where it
  /// stands nowhere. The bytes live only inside `body`.
  @inline(__always)
  public func withEntry<Result>(
    _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Result
  ) rethrows -> Result {
    try body(
      UnsafeRawBufferPointer(isAtEntry ? key : MDB_val()).bytes,
      UnsafeRawBufferPointer(isAtEntry ? value : MDB_val()).bytes)
  }

  @inline(__always)
  private mutating func move(_ operation: MDB_cursor_op) throws(StoreError) -> Bool {
    isAtEntry = try StoreError.found(mdb_cursor_get(raw, &key, &value, operation), "read")
    return isAtEntry
  }
}

extension MDB_val {
  @inline(__always)
  init(_ bytes: UnsafeRawBufferPointer) {
    self.init(
      mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
  }
}

extension UnsafeRawBufferPointer {
  @inline(__always)
  init(_ value: MDB_val) {
    self.init(start: value.mv_data, count: value.mv_size)
  }
}
