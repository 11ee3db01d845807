import Platform
import TestKit
import Testing

@testable import Store

/// Files that LMDB itself would crash on, or give no reason for.
@Suite struct DamageTests {
  let scratch: ScratchDirectory
  var data: String { scratch.path("data.mdb") }

  init() throws {
    scratch = try ScratchDirectory()
  }

  private func fill(_ rows: Range<UInt64>) throws {
    let environment = try Environment(path: scratch.path, tables: ["rows"])
    let value = [UInt8](repeating: 7, count: 300)
    try environment.write { transaction in
      for row in rows {
        try transaction.append(environment.table("rows"), row, value.span.bytes)
      }
    }
    environment.close()
  }

  private func openingError() throws -> StoreError? {
    #expect(throws: StoreError.self) {
      try Environment(path: scratch.path, tables: ["rows"]).close()
    }
  }

  @Test func everyTruncationIsNamedAndNoneCrashes() throws {
    try fill(0..<500)
    let whole = try Descriptor.open(data, [.read]).size()
    for size in [152, 4095, 4096, 5000, 8191, 8192, whole / 2, whole - 4096, whole - 1] {
      try Descriptor.open(data, [.write]).truncate(to: size)
      guard case .truncated(let path, let expected, let actual) = try openingError() else {
        Issue.record("cut to \(size): not called truncated")
        return
      }
      check(path, data)
      check(actual, size)
      check(expected > size, "\(expected) > \(size)")
      try Directory.remove(data)
      try Directory.remove(scratch.path("lock.mdb"))
      try fill(0..<500)
    }
    try Descriptor.open(data, [.write]).truncate(to: 100)
    check(try openingError(), .damaged("\(data) has no valid meta page"), "not even one meta page")
  }

  @Test(arguments: [0, 1]) func oneDamagedMetaPageIsNamed(page: UInt64) throws {
    try fill(0..<10)
    let offsets: [UInt64] = [10, 16, 20, 40]
    for offset in offsets {
      let file = try Descriptor.open(data, [.read, .write])
      let place = page * 4096 + offset
      let before = try file.pread(1, at: place)
      try file.pwrite([before[0] ^ 0x5a], at: place)
      guard case .damaged(let what) = try openingError() else {
        Issue.record("meta page \(page), byte \(offset): not called damaged")
        continue
      }
      check(what.hasPrefix("meta page \(page) of \(data)"), what)
      try file.pwrite(before, at: place)
    }
    try fill(10..<11)
  }

  /// As LMDB leaves it where it could not write a meta page: new roots, the old transaction.
  @Test func onlyTheNewestMetaPageHasToNamePagesThatAreThere() throws {
    try fill(0..<10)
    let file = try Descriptor.open(data, [.read, .write])
    let transactions = try [0, 4096].map { try file.pread(8, at: $0 + 144)[0] }
    let newest: UInt64 = transactions[1] > transactions[0] ? 4096 : 0
    for (place, isFine) in [(4096 - newest, true), (newest, false)] {
      let before = try file.pread(8, at: place + 80)
      try file.pwrite([0x77, 0x77, 0, 0, 0, 0, 0, 0], at: place + 80)
      if isFine {
        try Environment(path: scratch.path, tables: ["rows"]).close()
      } else {
        guard case .damaged(let what) = try openingError() else { return }
        check(what.hasPrefix("the newest meta page"), what)
      }
      try file.pwrite(before, at: place + 80)
    }
  }

  @Test func aForeignFileIsNamed() throws {
    try Descriptor.open(data, [.write, .create]).pwrite(
      [UInt8](repeating: 0x41, count: 16_384), at: 0)
    check(try openingError(), .damaged("\(data) has no valid meta page"))
  }

  @Test func whatIsNotThereCannotBeReadOnly() throws {
    let options = Environment.Options(access: .readOnly)
    let missing = scratch.path("missing")
    let directory = #expect(throws: StoreError.self) {
      try Environment(path: missing, tables: [], options: options).close()
    }
    check(directory, .notFound("directory \(missing)"))
    let file = #expect(throws: StoreError.self) {
      try Environment(path: scratch.path, tables: [], options: options).close()
    }
    check(file, .notFound("file \(data)"))
    try fill(0..<1)
    let table = #expect(throws: StoreError.self) {
      try Environment(path: scratch.path, tables: ["rows", "none"], options: options).close()
    }
    check(table, .notFound("table none in \(data)"))
    let environment = try Environment(path: scratch.path, tables: ["rows"], options: options)
    try environment.read { check(try $0.count(environment.table("rows")), 1) }
    #expect(throws: StoreError.self) { try environment.write { _ in } }
  }

  /// A transaction that takes pages and gives them back may leave the file short of its last page.
  @Test func aShortFileWithFreePagesAtItsEndOpens() throws {
    var random = SeededRandom(seed: 1)
    var short = 0
    for round in 0..<200 {
      let directory = scratch.path("\(round)")
      let environment = try Environment(
        path: directory, tables: ["rows"], options: .init(durability: .unsynced))
      let table = environment.table("rows")
      for _ in 0..<3 {
        try environment.write { transaction in
          var keys = (0..<Int.random(in: 1...300, using: &random)).map { _ in random.next() }
          for key in keys {
            let size = Int.random(in: 0...600, using: &random)
            try transaction.put(
              table, ID(high: 0, low: key).bytes, [UInt8](repeating: 1, count: size))
          }
          keys.shuffle(using: &random)
          for key in keys.dropLast(Int.random(in: 0...3, using: &random)) {
            try transaction.delete(table, ID(high: 0, low: key).bytes)
          }
        }
      }
      let used = try environment.usedBytes
      environment.close()
      if try Directory.status("\(directory)/data.mdb").size < UInt64(used) { short += 1 }
      try Environment(path: directory, tables: ["rows"]).close()
      try Directory.removeTree(directory)
    }
    check(short > 0, "no round left a short file: the test shows nothing")
  }
}
