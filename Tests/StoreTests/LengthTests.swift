import Platform
import TestKit
import Testing

@testable import Store

/// A file that reaches beyond its last page holds what it held.
@Suite struct LengthTests {
  let scratch: ScratchDirectory

  init() throws {
    scratch = try ScratchDirectory()
  }

  private func length() throws -> Int {
    Int(try Descriptor.open(scratch.path("data.mdb"), [.read]).size())
  }

  private func open(mapSize: Int = 64 << 20) throws -> Environment {
    try Environment(
      path: scratch.path, tables: ["rows"], options: Environment.Options(mapSize: mapSize))
  }

  private func add(_ rows: Range<UInt64>, to environment: Environment) throws {
    let value = [UInt8](repeating: 7, count: 1_000)
    try environment.write { transaction in
      for row in rows {
        try transaction.append(environment.table("rows"), row, value.span.bytes)
      }
    }
  }

  @Test func `There is always room for the next pages`() throws {
    let environment = try open()
    var lengths: Set<Int> = []
    for first in stride(from: UInt64(0), to: 6_000, by: 20) {
      environment.lengthen()
      let (used, now) = (try environment.usedBytes, try length())
      check(now >= used + (64 << 10), "\(now) octets for \(used)")
      lengths.insert(now)
      try add(first..<first + 20, to: environment)
    }
    check(lengths.count < 12, "grown \(lengths.count) times to \(lengths.max() ?? 0) octets")
    environment.close()
    let again = try open()
    try again.read { check(try $0.count(again.table("rows")), 6_000, "reopened") }
    try again.copy(to: scratch.path("copy"), compacting: true)
    again.close()
    let copy = try Environment(path: scratch.path("copy"), tables: ["rows"])
    try copy.read { check(try $0.count(copy.table("rows")), 6_000, "copied") }
    copy.close()
  }

  @Test func `A transaction that needs more has it`() throws {
    let environment = try open()
    environment.lengthen()
    try add(0..<5_000, to: environment)
    environment.lengthen()
    try environment.read { check(try $0.count(environment.table("rows")), 5_000) }
    check(try length() >= environment.usedBytes + (64 << 10), "room behind what it wrote")
    environment.close()
  }

  @Test func `The file never outgrows its map`() throws {
    let environment = try open(mapSize: 256 << 10)
    environment.lengthen()
    check(try length() <= 256 << 10, "within the map")
    try add(0..<100, to: environment)
    environment.lengthen()
    check(try length() <= 256 << 10, "within the map")
    #expect(throws: StoreError.full) { try add(100..<1_000, to: environment) }
    environment.close()
  }
}
