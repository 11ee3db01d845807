import CLMDB

// Changes are refused while bytes are lent to a closure: they would move under its feet.
extension WriteTransaction {
  /// Sets the value of `key`.
  public func put(_ table: Table, _ key: RawSpan, _ value: RawSpan) throws(StoreError) {
    let transaction = try writer.change()
    let code = Self.withValues(key, value) { mdb_put(transaction, table.index, $0, $1, 0) }
    try writer.check(code, "put")
  }

  /// Sets the value of `key`.
  public func put(_ table: Table, _ key: [UInt8], _ value: [UInt8]) throws(StoreError) {
    try put(table, key.span.bytes, value.span.bytes)
  }

  /// Adds an entry behind all others, which is faster than `put` and fills pages to the end.
  ///
  /// Throws `outOfOrder` where the key is not greater than the last one of the table.
  public func append(_ table: Table, _ key: RawSpan, _ value: RawSpan) throws(StoreError) {
    _ = try writer.change()
    let cursor = try writer.takeCursor(table)
    defer { writer.giveBack(cursor, table) }
    let code = Self.withValues(key, value) { mdb_cursor_put(cursor, $0, $1, UInt32(MDB_APPEND)) }
    try writer.check(code, "append")
  }

  /// Adds an entry behind all others; see `append` of spans.
  public func append(_ table: Table, _ key: [UInt8], _ value: [UInt8]) throws(StoreError) {
    try append(table, key.span.bytes, value.span.bytes)
  }

  /// Adds an entry behind all others under an eight-byte big-endian number.
  public func append(_ table: Table, _ number: UInt64, _ value: RawSpan) throws(StoreError) {
    var key = number.bigEndian
    try withUnsafeBytes(of: &key) { (key) throws(StoreError) in
      try append(table, key.bytes, value)
    }
  }

  /// Removes `key`; false where the table has none.
  @discardableResult
  public func delete(_ table: Table, _ key: RawSpan) throws(StoreError) -> Bool {
    let transaction = try writer.change()
    let code = key.withUnsafeBytes { bytes in
      var key = MDB_val(bytes)
      return mdb_del(transaction, table.index, &key, nil)
    }
    if code == MDB_NOTFOUND { return false }
    try writer.check(code, "delete")
    return true
  }

  /// Removes `key`; false where the table has none.
  @discardableResult
  public func delete(_ table: Table, _ key: [UInt8]) throws(StoreError) -> Bool {
    try delete(table, key.span.bytes)
  }

  /// Removes every entry whose key starts with `prefix`, and tells how many there were.
  @discardableResult
  public func deleteAll(_ table: Table, prefix: [UInt8]) throws(StoreError) -> Int {
    _ = try writer.change()
    let raw = try writer.takeCursor(table)
    defer { writer.giveBack(raw, table) }
    let range = KeyRange(prefix: prefix)
    var cursor = Cursor(raw: raw)
    var count = 0
    while try cursor.seek(prefix.span.bytes),
      cursor.withEntry({ key, _ in range.isBelowUpper(key) })
    {
      try writer.check(mdb_cursor_del(raw, 0), "delete")
      count += 1
    }
    return count
  }

  /// Removes every entry of the table, without looking at each.
  public func clear(_ table: Table) throws(StoreError) {
    let transaction = try writer.change()
    try writer.check(mdb_drop(transaction, table.index, 0), "clear")
  }

  @inline(__always)
  private static func withValues(
    _ key: RawSpan, _ value: RawSpan,
    _ body: (UnsafeMutablePointer<MDB_val>, UnsafeMutablePointer<MDB_val>) -> Int32
  ) -> Int32 {
    key.withUnsafeBytes { keyBytes in
      value.withUnsafeBytes { valueBytes in
        var key = MDB_val(keyBytes)
        var value = MDB_val(valueBytes)
        return body(&key, &value)
      }
    }
  }
}
