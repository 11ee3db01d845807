import Platform
import TestKit
import Testing

@testable import Store

@Suite struct ScanTests {
  /// Keys of every length up to 3 over an alphabet that has both ends of a byte.
  static let keys: [[UInt8]] = {
    let alphabet: [UInt8] = [0, 1, 0x7f, 0xfe, 0xff]
    let one = alphabet.map { [$0] }
    let two = one.flatMap { first in alphabet.map { first + [$0] } }
    let three = two.flatMap { first in alphabet.map { first + [$0] } }
    return (one + two + three).sorted { $0.lexicographicallyPrecedes($1) }
  }()

  let scratch: ScratchDirectory
  let environment: Environment
  let table: Table

  init() throws {
    scratch = try ScratchDirectory()
    environment = try Environment(
      path: scratch.path, tables: ["keys"], options: .init(durability: .unsynced))
    table = environment.table("keys")
    try environment.write { for key in Self.keys { try $0.put(table, key, key + [42]) } }
  }

  private func copy(_ span: RawSpan) -> [UInt8] { span.withUnsafeBytes { [UInt8]($0) } }

  @Test(arguments: [false, true]) func rangesAreThoseOfASortedList(descending: Bool) throws {
    let bounds: [[UInt8]] = [[], [0], [1], [2], [0x7f, 0xff], [0xff], [0xff, 0xff, 0xff, 0xff]]
    try environment.read { transaction in
      for lower in bounds {
        for upper in bounds.map({ $0 }) + [nil] {
          var found: [[UInt8]] = []
          try transaction.scan(table, from: lower, through: upper, descending: descending) {
            found.append(copy($0))
            check(copy($1), found[found.count - 1] + [42], "the value beside its key")
            return true
          }
          var expected = Self.keys.filter { key in
            !key.lexicographicallyPrecedes(lower)
              && upper.map { !$0.lexicographicallyPrecedes(key) } ?? true
          }
          if descending { expected.reverse() }
          check(found, expected, "\(lower)...\(String(describing: upper))")
        }
      }
    }
  }

  @Test(arguments: [false, true]) func prefixesAreThoseOfASortedList(descending: Bool) throws {
    let prefixes: [[UInt8]] = [
      [], [0], [0xff], [0x7f, 0xfe], [0xff, 0xff], [3], [0xfe, 0xff, 0xff],
    ]
    let starts: [[UInt8]?] = [nil, [0xff, 0x7f], [0x7f, 0xfe, 1], [0]]
    try environment.read { transaction in
      for prefix in prefixes {
        for start in starts {
          var found: [[UInt8]] = []
          try transaction.scan(table, prefix: prefix, from: start, descending: descending) {
            key, _ in
            found.append(copy(key))
            return true
          }
          let bound = start.flatMap { $0.starts(with: prefix) ? $0 : nil }
          var expected = Self.keys.filter { key in
            guard key.starts(with: prefix) else { return false }
            guard let bound else { return true }
            return descending
              ? !bound.lexicographicallyPrecedes(key) : !key.lexicographicallyPrecedes(bound)
          }
          if descending { expected.reverse() }
          check(found, expected, "\(prefix) from \(String(describing: start))")
        }
      }
    }
  }

  @Test func aScanStopsWhereItIsToldTo() throws {
    var count = 0
    try environment.read { transaction in
      try transaction.scan(table) { _, _ in
        count += 1
        return count < 10
      }
    }
    check(count, 10)
  }

  @Test func scansNestInBothTransactions() throws {
    func pairs(_ transaction: borrowing some Reading & ~Copyable) throws -> Int {
      var count = 0
      try transaction.scan(table, prefix: [1]) { _, _ in
        try transaction.scan(table, prefix: [0x7f]) { _, _ in
          count += 1
          return true
        }
        return true
      }
      return count
    }
    try environment.read { check(try pairs($0), 31 * 31, "reading") }
    try environment.read { check(try pairs($0), 31 * 31, "reading with cursors used before") }
    try environment.write { check(try pairs($0), 31 * 31, "writing") }
  }

  @Test func anEmptyTableHasNothing() throws {
    try environment.write { transaction in
      try transaction.clear(table)
      try transaction.scan(table, from: [1], descending: true) { _, _ in
        Issue.record("an entry of an empty table")
        return false
      }
      check(try transaction.first(table) == nil && transaction.last(table) == nil, "no ends")
    }
  }
}
