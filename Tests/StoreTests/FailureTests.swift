import Glibc
import Platform
import TestKit
import Testing

@testable import Store

/// What the store says when it cannot go on.
@Suite struct FailureTests {
  let scratch: ScratchDirectory

  init() throws {
    scratch = try ScratchDirectory()
  }

  private func open(mapSize: Int = 1 << 30) throws -> (Environment, Table) {
    let environment = try Environment(
      path: scratch.path, tables: ["rows"], options: .init(mapSize: mapSize))
    return (environment, environment.table("rows"))
  }

  @Test func aFullMapChangesNothingAndCanBeEnlarged() throws {
    let (environment, table) = try open(mapSize: 1 << 20)
    let value = [UInt8](repeating: 1, count: 1000)
    var written: UInt64 = 0
    let error = #expect(throws: StoreError.self) {
      while written < 10_000 {
        try environment.write { transaction in
          for row in written..<written + 10 { try transaction.append(table, row, value.span.bytes) }
        }
        written += 10
      }
    }
    check(error, .full)
    check(written > 100, "\(written) rows fitted")
    try environment.read { check(try $0.count(table), Int(written), "whole batches only") }
    environment.close()
    let (larger, rows) = try open(mapSize: 2 << 20)
    try larger.write { try $0.append(rows, written, value.span.bytes) }
  }

  @Test func anErrorInsideATransactionIsTheOneItsCommitReports() throws {
    let (environment, table) = try open(mapSize: 1 << 20)
    let transaction = try environment.beginWrite()
    let error = #expect(throws: StoreError.self) {
      try transaction.put(table, [1], [UInt8](repeating: 1, count: 2 << 20))
    }
    check(error, .full)
    let later = #expect(throws: StoreError.self) { try transaction.put(table, [2], []) }
    check(later, .full, "and not that the transaction is bad")
    do throws(StoreError) {
      try transaction.commit()
      Issue.record("committed")
    } catch {
      check(error, .full)
    }
    try environment.write { try $0.put(table, [1], [1]) }
  }

  @Test func onlyAFullDiskIsForgiven() throws {
    for code in [ENOSPC, EDQUOT, MDB.mapFull] {
      let (environment, table) = try open()
      check(environment.commitFailure(code), .full, "\(code)")
      try environment.write { try $0.put(table, [1], [1]) }
      environment.close()
    }
    for code in [EIO, EINVAL, ENOMEM, EBADF, MDB.panic] {
      let (environment, table) = try open()
      let unknown = StoreError.outcomeUnknown(code: code, operation: "commit")
      check(environment.commitFailure(code), unknown, "\(code)")
      let error = #expect(throws: StoreError.self) {
        try environment.write { try $0.put(table, [2], [2]) }
      }
      check(error, unknown, "nothing is written after it")
      let sync = #expect(throws: StoreError.self) { try environment.sync() }
      check(sync, unknown, "and nothing synced")
      try environment.read { check(try $0.value(table, [1]), [1], "reading goes on") }
      environment.close()
    }
  }

  @Test func errorsSayWhatHappened() {
    let rows: [(StoreError, String)] = [
      (.full, "no space left for the store"),
      (
        .truncated(path: "/d/data.mdb", expected: 8192, actual: 5),
        "the store is truncated: /d/data.mdb has 5 bytes, its last page ends at 8192"
      ),
      (
        .outcomeUnknown(code: 5, operation: "commit"),
        "commit failed with unknown outcome: Input/output error (EIO)"
      ),
      (.remoteVolume("NFS"), "the store cannot lie on NFS: locks and syncs fail there"),
      (
        StoreError(code: MDB.pageNotFound, operation: "get"),
        "the store is damaged: get: \(MDB.text)"
      ),
      (StoreError(code: 13, operation: "open"), "open failed: Permission denied (EACCES)"),
      (StoreError(code: ENOSPC, operation: "put"), "no space left for the store"),
    ]
    for (error, text) in rows { check(error.description, text) }
  }

  @Test func aCopyIsTheSameWithoutItsFreePages() throws {
    let (environment, table) = try open()
    let value = [UInt8](repeating: 1, count: 1000)
    try environment.write { transaction in
      for row in 0..<1000 as Range<UInt64> { try transaction.append(table, row, value.span.bytes) }
    }
    try environment.write { try $0.deleteAll(table, prefix: [0, 0, 0, 0, 0, 0, 0]) }
    for isCompact in [false, true] {
      let target = scratch.path("copy-\(isCompact)")
      try environment.copy(to: target, compacting: isCompact)
      let copy = try Environment(path: target, tables: ["rows"])
      try copy.read { check(try $0.count(copy.table("rows")), 744) }
      check(try (copy.usedBytes < environment.usedBytes) == isCompact, "compacting \(isCompact)")
      let again = #expect(throws: StoreError.self) {
        try environment.copy(to: target, compacting: false)
      }
      check(
        again, .other(code: EEXIST, operation: "open \(target)/data.mdb"), "it replaces nothing")
    }
    try environment.sync()
    check(environment.options.mapSize, 1 << 30)
  }
}

/// LMDB's codes, which only the store itself sees.
private enum MDB {
  static let mapFull: Int32 = -30792
  static let panic: Int32 = -30795
  static let pageNotFound: Int32 = -30797
  static let text = "MDB_PAGE_NOTFOUND: Requested page not found"
}
