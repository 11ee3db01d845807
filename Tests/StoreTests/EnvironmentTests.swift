import Platform
import TestKit
import Testing

@testable import Store

@Suite struct EnvironmentTests {
  let scratch: ScratchDirectory
  let environment: Environment
  let table: Table

  init() throws {
    scratch = try ScratchDirectory()
    environment = try Environment(path: scratch.path, tables: ["words", "others"])
    table = environment.table("words")
  }

  @Test func whatIsCommittedIsReadAgain() throws {
    try environment.write { transaction in
      try transaction.put(table, [1], [10])
      try transaction.put(table, [2], [])
      check(try transaction.value(table, [1]), [10], "the writer sees its own change")
    }
    try environment.read { transaction in
      check(try transaction.value(table, [1]), [10])
      check(try transaction.value(table, [2]), [], "an empty value is a value")
      check(try transaction.value(table, [3]), nil)
      check(try transaction.contains(table, [2]) && !transaction.contains(table, [3]), "contains")
      check(try transaction.count(table), 2)
      check(try transaction.count(environment.table("others")), 0)
    }
  }

  @Test func whatThrowsIsUndone() throws {
    struct Failure: Error {}
    #expect(throws: Failure.self) {
      try environment.write { transaction in
        try transaction.put(table, [1], [1])
        throw Failure()
      }
    }
    try environment.write { transaction in
      check(try transaction.count(table), 0, "thrown")
      try transaction.put(table, [2], [2])
    }
    do {
      let transaction = try environment.beginWrite()
      try transaction.put(table, [3], [3])
    }
    try environment.read { check(try $0.count(table), 1, "let go of") }
  }

  @Test func aReaderSeesOneMoment() throws {
    try environment.write { try $0.put(table, [1], [1]) }
    try environment.read { before in
      try environment.write { try $0.put(table, [1], [2]) }
      check(try before.value(table, [1]), [1], "the moment it began")
      try environment.read { check(try $0.value(table, [1]), [2], "a later one") }
    }
    try environment.read { check(try $0.value(table, [1]), [2], "renewed") }
  }

  @Test func appendingKeepsTheOrder() throws {
    try environment.write { transaction in
      for number in 1...1000 as ClosedRange<UInt64> {
        let value = [UInt8](repeating: UInt8(number % 251), count: 300)
        try transaction.append(table, number, value.span.bytes)
      }
    }
    try environment.write { transaction in
      let error = #expect(throws: StoreError.self) {
        try transaction.append(table, 1000, [UInt8]().span.bytes)
      }
      check(error, .outOfOrder)
      try transaction.append(table, 1001, ([7] as [UInt8]).span.bytes)
    }
    try environment.read { transaction in
      check(try transaction.count(table), 1001, "an append out of order spoils nothing")
      check(try transaction.first(table)?.key, [0, 0, 0, 0, 0, 0, 0, 1])
      let last = try transaction.last(table)
      check(last?.key, [0, 0, 0, 0, 0, 0, 3, 233])
      check(last?.value, [7])
    }
  }

  @Test func deletingTakesWhatIsNamed() throws {
    try environment.write { transaction in
      for first in 0...255 as ClosedRange<UInt8> {
        for second in 0..<4 as Range<UInt8> {
          try transaction.put(table, [first, second], [second])
        }
      }
    }
    try environment.write { transaction in
      check(try transaction.delete(table, [7, 1]), "it was there")
      check(try !transaction.delete(table, [7, 1]), "it is gone")
      check(try transaction.deleteAll(table, prefix: [7]), 3)
      check(try transaction.deleteAll(table, prefix: [255]), 4)
      check(try transaction.deleteAll(table, prefix: [7]), 0)
      check(try transaction.count(table), 254 * 4)
      check(
        try transaction.contains(table, [6, 3]) && transaction.contains(table, [8, 0]), "beside")
      try transaction.clear(table)
      check(try transaction.count(table), 0)
      try transaction.put(table, [1], [1])
    }
    try environment.read { check(try $0.count(table), 1, "cleared and filled again") }
  }

  @Test func misuseIsRefusedAndHarmless() throws {
    try environment.write { transaction in
      try transaction.put(table, [1], [1])
      try transaction.scan(table) { _, _ in
        let error = #expect(throws: StoreError.self) { try transaction.put(table, [2], [2]) }
        check(error.map { if case .misuse = $0 { true } else { false } } ?? false, "a misuse")
        return true
      }
      let busy = #expect(throws: StoreError.self) { _ = try environment.beginWrite().commit() }
      check(busy, .busy("this thread is writing already"))
      for key in [[], [UInt8](repeating: 1, count: 512)] {
        let error = #expect(throws: StoreError.self) { try transaction.put(table, key, []) }
        check(error, .invalidKey)
      }
      try transaction.put(table, [UInt8](repeating: 1, count: 511), [3])
    }
    try environment.read { check(try $0.count(table), 2) }
  }

  @Test func closingWaitsForTheLastUser() throws {
    try environment.write { try $0.put(table, [1], [1]) }
    try environment.read { transaction in
      environment.close()
      check(try transaction.value(table, [1]), [1], "still open for this one")
      let error = #expect(throws: StoreError.self) { try environment.read { _ in } }
      check(error, .closed)
      let busy = #expect(throws: StoreError.self) {
        try Environment(path: scratch.path, tables: []).close()
      }
      check(busy, .busy("\(scratch.path) is open in this process"))
    }
    let again = try Environment(path: scratch.path, tables: ["words"])
    try again.read { check(try $0.value(again.table("words"), [1]), [1]) }
    let error = #expect(throws: StoreError.self) { try environment.beginWrite().commit() }
    check(error, .closed)
  }

  @Test func manyReadersAndOneWriter() async throws {
    let (environment, table) = (self.environment, self.table)
    try environment.write { try $0.put(table, [0], [0, 0]) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<500 {
            try environment.read { transaction in
              let value = try transaction.value(table, [0])
              check(value?.first == value?.last, "never half a change: \(value ?? [])")
            }
          }
        }
      }
      group.addTask {
        for number in 0..<200 as Range<UInt8> {
          try environment.write { try $0.put(table, [0], [number, number]) }
        }
      }
      try await group.waitForAll()
    }
  }
}
