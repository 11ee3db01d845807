import Events
import Platform
import TestKit
import Testing

@testable import Ledger

/// A segment with bodies of every kind, and its index file: frozen bytes.
@Suite struct GoldenContentTests {
  static let directory = "/data/content"
  static let log = LogID(rawValue: ID(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10))
  /// The octets 0 to 31.
  static let key = Key(bytes: (0..<32).map { UInt8($0) })
  /// The sizes of the bodies: one of several chunks, a small one, none, one that is overwritten.
  static let sizes = [70_000, 100, 0, 200]

  /// Octet i of a body of `count` octets is 31 i + `count`.
  private func plain(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ count) }
  }

  private func store(on disk: SimulatedDisk, isWriter: Bool = true) throws -> ContentStore {
    var limits = ContentLimits()
    limits.stepBytes = 4_096
    limits.aheadBytes = 0
    return try ContentStore(
      Self.directory, log: Self.log, isWriter: isWriter, limits: limits, disk: disk,
      clock: ManualClock())
  }

  /// The files as today's code writes them.
  private func made() throws -> SimulatedDisk {
    let disk = SimulatedDisk()
    let store = try store(on: disk)
    let key = try #require(Self.key)
    let large = try store.receive(dataKey: key, entropy: SeededEntropy(seed: 4))
    try large.append(plain(Self.sizes[0]))
    _ = try large.finish()
    let small = Self.sizes.dropFirst().enumerated().map { index, size in
      ContentSealer.seal(
        plain(size), dataKey: key, id: ContentID(rawValue: ID(high: 7, low: UInt64(index))),
        noncePrefix: [UInt8](repeating: UInt8(index + 1), count: 7))
    }
    try store.append(small)
    try store.erase([small[2].id])
    store.close()
    return disk
  }

  @Test(arguments: ["seg", "idx"]) func `A segment and its index are written as ever`(
    kind: String
  ) throws {
    let made = try made().octets("\(Self.directory)/0000000000000001.\(kind)")
    let golden = try GoldenFiles.read("Formats/content/0000000000000001.\(kind)") { made }
    check(made == golden, "the .\(kind) file has other bytes")
  }

  @Test(arguments: [true, false]) func `The golden segment is read`(hasIndex: Bool) throws {
    let disk = SimulatedDisk()
    for kind in hasIndex ? ["seg", "idx"] : ["seg"] {
      let name = "0000000000000001.\(kind)"
      try disk.put(
        GoldenFiles.read("Formats/content/\(name)") { [] }, at: "\(Self.directory)/\(name)")
    }
    let store = try store(on: disk)
    check(store.count, 3)
    let key = try #require(Self.key)
    let large = ContentID(rawValue: SeededEntropy(seed: 4).id())
    let ids = [large] + (0..<3).map { ContentID(rawValue: ID(high: 7, low: $0)) }
    for (id, size) in zip(ids, Self.sizes).prefix(3) {
      check(try store.read(id, dataKey: key, 0..<UInt64(size)) == plain(size), "\(size) octets")
      let part = UInt64(size / 3)..<UInt64(size / 2)
      let expected = Array(plain(size)[size / 3..<size / 2])
      check(try store.read(id, dataKey: key, part) == expected, "a part of \(size) octets")
    }
    do {
      _ = try store.read(ids[3], dataKey: key, 0..<1)
      Issue.record("the overwritten body is there")
    } catch ContentError.absent {}
    store.close()
  }
}

extension SimulatedDisk {
  /// All octets of a file.
  func octets(_ path: String) throws -> [UInt8] {
    let file = try open(path, .read)
    return try file.read(Int(try file.size()), at: 0)
  }

  /// Makes a file.
  func put(_ octets: [UInt8], at path: String) throws {
    let file = try open(path, .create)
    try file.write(octets, at: 0)
    try file.syncAll()
  }
}
