import CLMDB

/// A read transaction with its cursors, kept between uses: renewing one costs a tenth of making it.
///
/// One user has it at a time; between users it is reset and waits in the environment's pool.
final class ReadSlot: @unchecked Sendable {
  let transaction: OpaquePointer
  /// An idle cursor for each table, made when first needed.
  private let cursors: UnsafeMutableBufferPointer<OpaquePointer?>

  init(environment: OpaquePointer, tables: Int) throws(StoreError) {
    var begun: OpaquePointer?
    try StoreError.check(
      mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &begun), "begin reading")
    guard let begun else { throw .other(code: MDB_PANIC, operation: "begin reading") }
    transaction = begun
    cursors = .allocate(capacity: tables)
    cursors.initialize(repeating: nil)
  }

  /// Before the environment is closed, never after.
  func close() {
    for case let cursor? in cursors { mdb_cursor_close(cursor) }
    cursors.deallocate()
    mdb_txn_abort(transaction)
  }

  func takeCursor(_ table: Table) throws(StoreError) -> OpaquePointer {
    let index = Int(table.index)
    if let idle = cursors[index] {
      try StoreError.check(mdb_cursor_renew(transaction, idle), "renew a cursor")
      cursors[index] = nil
      return idle
    }
    var opened: OpaquePointer?
    try StoreError.check(mdb_cursor_open(transaction, table.index, &opened), "open a cursor")
    guard let opened else { throw .other(code: MDB_PANIC, operation: "open a cursor") }
    return opened
  }

  func giveBack(_ cursor: OpaquePointer, _ table: Table) {
    let index = Int(table.index)
    if cursors[index] == nil {
      cursors[index] = cursor
    } else {
      mdb_cursor_close(cursor)
    }
  }
}
