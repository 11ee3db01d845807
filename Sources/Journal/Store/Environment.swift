import CLMDB
import Glibc
import Platform
import Synchronization

/// One LMDB environment: a directory with a data file of ordered tables.
///
/// Readers see a moment of it each and never wait; one writer at a time changes it. Every use is
/// scoped: no handle outlives its closure or its transaction, so closing is safe at any time and
/// takes effect when the last user is done.
public final class Environment: @unchecked Sendable {
  // Safe to share: LMDB serialises writers, read transactions are not bound to threads (MDB_NOTLS)
  // and each has one user at a time; `raw` is freed when nobody uses it any more.
  let raw: OpaquePointer
  /// The directory.
  public let path: String
  public let options: Options
  private let tables: [String: Table]
  private let tableSlots: Int
  private let claim: Claim
  private let users: Mutex<Users>
  private let writingThread = Atomic<Int32>(0)
  /// How long the file was when `lengthen` last looked.
  let knownLength = Atomic<Int>(0)

  private struct Users {
    var isOpen = true
    var count = 0
    var idle: [ReadSlot] = []
    /// The commit or sync of unknown outcome after which nothing more is written.
    var failure: StoreError?
  }

  /// Opens the environment in the directory `path`, and makes it where there is none.
  ///
  /// Throws `remoteVolume`, `truncated` and `damaged` before the file is mapped; `busy` where this
  /// process has it open; `notFound` where it is to be read only and lacks the file or a table.
  public init(path: String, tables names: [String], options: Options = Options()) throws(StoreError)
  {
    try Self.prepare(path, options)
    let claim = try Claim(path)
    let raw = try Self.open(path, options)
    do throws(StoreError) {
      tables = try Self.openTables(raw, names, options, path)
    } catch {
      mdb_env_close(raw)
      throw error
    }
    self.raw = raw
    self.path = path
    self.options = options
    self.claim = claim
    tableSlots = options.maxTables + 2  // LMDB's own two come first
    users = Mutex(Users())
  }

  deinit { close() }

  /// The table called `name`, which must be one of those the environment was opened with.
  public func table(_ name: String) -> Table {
    guard let table = tables[name] else { preconditionFailure("no table \(name) was opened") }
    return table
  }

  /// Ends the use of the environment: at once, or when the last transaction ends. New ones throw
  /// `closed`.
  public func close() {
    let isLast = users.withLock { users in
      guard users.isOpen else { return false }
      users.isOpen = false
      return users.count == 0
    }
    if isLast { free() }
  }

  private func free() {
    let idle = users.withLock { users in
      defer { users.idle = [] }
      return users.idle
    }
    for slot in idle { slot.close() }
    mdb_env_close(raw)
    claim.release()
  }

  /// What somebody enters for.
  enum Use {
    case reading, writing, upkeep
  }

  /// Counts one more user. A reader gets an idle read transaction where there is one; a writer is
  /// turned away after a commit of unknown outcome, since a later one might hide what was lost.
  func enter(for use: Use) throws(StoreError) -> ReadSlot? {
    try users.withLock { (users) throws(StoreError) in
      guard users.isOpen else { throw .closed }
      if use == .writing, let failure = users.failure { throw failure }
      users.count += 1
      return use == .reading ? users.idle.popLast() : nil
    }
  }

  /// Takes note of a commit or sync of unknown outcome, and gives its error back.
  func failed(_ failure: StoreError) -> StoreError {
    users.withLock { $0.failure = $0.failure ?? failure }
    return failure
  }

  /// Counts one user less; an idle read transaction stays for the next.
  func leave(_ slot: ReadSlot?) {
    let isLast = users.withLock { users in
      users.count -= 1
      if let slot { users.idle.append(slot) }
      return !users.isOpen && users.count == 0
    }
    if isLast { free() }
  }
}

// MARK: transactions

extension Environment {
  /// Runs `body` on a view of this moment. Keep it short, and copy what is to outlive it.
  public func read<Result>(
    _ body: (borrowing ReadTransaction) throws -> Result
  ) throws -> Result {
    let slot = try beginReading()
    defer {
      mdb_txn_reset(slot.transaction)
      leave(slot)
    }
    return try body(ReadTransaction(slot: slot))
  }

  private func beginReading() throws(StoreError) -> ReadSlot {
    let idle = try enter(for: .reading)
    do throws(StoreError) {
      guard let idle else { return try ReadSlot(environment: raw, tables: tableSlots) }
      try StoreError.check(mdb_txn_renew(idle.transaction), "begin reading")
      return idle
    } catch {
      idle?.close()
      leave(nil)
      throw error
    }
  }

  /// Runs `body` on a change, which lasts when `body` returns and is undone when it throws.
  @discardableResult
  public func write<Result>(
    _ body: (borrowing WriteTransaction) throws -> Result
  ) throws -> Result {
    let transaction = try beginWrite()
    let result = try body(transaction)
    try transaction.commit()
    return result
  }

  /// Begins a change, waiting for other threads and processes to end theirs.
  ///
  /// Throws `busy` where this thread has one open, which it would wait for for ever, and
  /// `outcomeUnknown` after a commit or sync that ended so.
  public func beginWrite() throws(StoreError) -> WriteTransaction {
    let thread = currentThread()
    guard writingThread.load(ordering: .relaxed) != thread else {
      throw .busy("this thread is writing already")
    }
    _ = try enter(for: .writing)
    var begun: OpaquePointer?
    let code = mdb_txn_begin(raw, nil, 0, &begun)
    guard code == MDB_SUCCESS, let begun else {
      leave(nil)
      throw StoreError(code: code, operation: "begin writing")
    }
    writingThread.store(thread, ordering: .relaxed)
    return WriteTransaction(
      writer: Writer(environment: self, transaction: begun, tables: tableSlots))
  }

  func endWriting() {
    writingThread.store(0, ordering: .relaxed)
    leave(nil)
  }
}
