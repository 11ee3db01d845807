import CLMDB
import Glibc
import Platform

/// What stands behind one write transaction, until it is committed or aborted.
final class Writer {
  private let environment: Environment
  private var transaction: OpaquePointer?
  /// An idle cursor for each table, made when first needed; LMDB frees them with the transaction.
  private let cursors: UnsafeMutableBufferPointer<OpaquePointer?>
  /// How many closures are looking at bytes of the transaction.
  private var lent = 0
  /// The error after which LMDB takes nothing but an abort.
  private var failure: StoreError?

  init(environment: Environment, transaction: OpaquePointer, tables: Int) {
    self.environment = environment
    self.transaction = transaction
    cursors = .allocate(capacity: tables)
    cursors.initialize(repeating: nil)
  }

  deinit { cursors.deallocate() }

  func open() throws(StoreError) -> OpaquePointer {
    guard let transaction else { throw .closed }
    return transaction
  }

  func beginLending() throws(StoreError) -> OpaquePointer {
    let transaction = try open()
    lent += 1
    return transaction
  }

  func endLending() { lent -= 1 }

  /// The transaction, for a change.
  func change() throws(StoreError) -> OpaquePointer {
    guard lent == 0 else { throw .misuse("no change while a closure looks at bytes of the store") }
    return try open()
  }

  func check(_ code: Int32, _ operation: StaticString) throws(StoreError) {
    guard code != MDB_SUCCESS else { return }
    let error = StoreError(code: code, operation: "\(operation)")
    if failure == nil, code != MDB_KEYEXIST, code != MDB_BAD_VALSIZE { failure = error }
    throw code == MDB_BAD_TXN ? failure ?? error : error
  }

  func takeCursor(_ table: Table) throws(StoreError) -> OpaquePointer {
    let index = Int(table.index)
    if let idle = cursors[index] {
      cursors[index] = nil
      return idle
    }
    var opened: OpaquePointer?
    try check(mdb_cursor_open(try open(), table.index, &opened), "open a cursor")
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

  func abort() {
    guard let transaction else { return }
    self.transaction = nil
    mdb_txn_abort(transaction)
    environment.endWriting()
  }

  func commit() throws(StoreError) {
    let transaction = try open()
    if let failure {
      abort()
      throw failure
    }
    self.transaction = nil
    let code = mdb_txn_commit(transaction)
    defer { environment.endWriting() }
    if code != MDB_SUCCESS { throw environment.commitFailure(code) }
  }
}
