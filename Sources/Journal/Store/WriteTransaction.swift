import CLMDB

/// The one open change of an environment; it sees what it has changed.
///
/// It stays on the thread that began it. Letting go of it without `commit` undoes all of it.
public struct WriteTransaction: ~Copyable, Reading {
  let writer: Writer

  deinit { writer.abort() }

  /// Makes the changes lasting, or throws.
  ///
  /// `full` and `other` mean that nothing was changed; `outcomeUnknown` means what it says.
  public consuming func commit() throws(StoreError) {
    try writer.commit()
  }

  public func withValue<Result>(
    _ table: Table, _ key: RawSpan, _ body: (RawSpan?) throws -> Result
  ) throws -> Result {
    let transaction = try writer.beginLending()
    defer { writer.endLending() }
    return try lookUp(transaction, table, key, body)
  }

  public func withCursor<Result>(
    _ table: Table, _ body: (inout Cursor) throws -> Result
  ) throws -> Result {
    _ = try writer.beginLending()
    defer { writer.endLending() }
    var cursor = Cursor(raw: try writer.takeCursor(table))
    defer { writer.giveBack(cursor.raw, table) }
    return try body(&cursor)
  }

  public func count(_ table: Table) throws(StoreError) -> Int {
    try entries(writer.open(), table)
  }
}
