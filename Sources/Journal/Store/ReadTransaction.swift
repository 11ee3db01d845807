import CLMDB

/// A consistent view of an environment, lent for the time of a closure.
///
/// It holds back the reuse of pages, so it is kept short and never across an `await`.
public struct ReadTransaction: ~Copyable, Reading {
  let slot: ReadSlot

  /// The number of the commit it sees, which the meta page of that commit tells.
  public var commit: UInt64 { UInt64(mdb_txn_id(slot.transaction)) }

  public func withValue<Result>(
    _ table: Table, _ key: RawSpan, _ body: (RawSpan?) throws -> Result
  ) throws -> Result {
    try lookUp(slot.transaction, table, key, body)
  }

  public func withCursor<Result>(
    _ table: Table, _ body: (inout Cursor) throws -> Result
  ) throws -> Result {
    var cursor = Cursor(raw: try slot.takeCursor(table))
    defer { slot.giveBack(cursor.raw, table) }
    return try body(&cursor)
  }

  public func count(_ table: Table) throws(StoreError) -> Int {
    try entries(slot.transaction, table)
  }
}

/// Runs `body` with the value of `key`.
@inline(__always)
func lookUp<Result>(
  _ transaction: OpaquePointer, _ table: Table, _ key: RawSpan,
  _ body: (RawSpan?) throws -> Result
) throws -> Result {
  var value = MDB_val()
  let code = key.withUnsafeBytes { bytes in
    var key = MDB_val(bytes)
    return mdb_get(transaction, table.index, &key, &value)
  }
  guard try StoreError.found(code, "get") else { return try body(nil) }
  return try body(UnsafeRawBufferPointer(value).bytes)
}

func entries(_ transaction: OpaquePointer, _ table: Table) throws(StoreError) -> Int {
  var status = MDB_stat()
  try StoreError.check(mdb_stat(transaction, table.index, &status), "count")
  return status.ms_entries
}
