import Events
import Platform
import Synchronization
import TestKit
import Testing

@testable import Ledger

@Suite struct ContentUpkeepTests {
  private func names(_ disk: SimulatedDisk, _ ending: String = ".seg") throws -> [String] {
    try disk.list(ContentRig.directory).filter { $0.hasSuffix(ending) }
  }

  @Test func `Compaction gives the room of freed bodies back and keeps the held ones`() throws {
    var rig = ContentRig(SimulatedDisk())
    try rig.open()
    var ids: [ContentID] = []
    for _ in 0..<40 { ids += try rig.append([9_000]) }
    let before = try #require(rig.store).usage
    check(before.total > 360_000, "\(before)")
    let freed = ids.indices.filter { $0 % 4 != 0 }.map { ids[$0] }
    try rig.free(freed)
    let report = try #require(try rig.compact(0.5))
    check(report.moved, 10, "bodies moved")
    check(Set(report.dropped), Set(freed))
    check(report.damage, [])
    let after = try #require(rig.store).usage
    check(after.total < before.total / 2, "\(before) became \(after)")
    check(try rig.unread(try #require(rig.store)), [])
    for id in freed {
      #expect(throws: ContentError.absent(id)) {
        try rig.store?.read(id, dataKey: rig.entropy.key(), 0..<1)
      }
    }
    check(rig.complaints(rig.disk.afterCrash(.nothing)), [])
  }

  /// What was freed is forgotten by a crash; then it is freed again.
  @Test func `After a crash nothing is dropped that was not freed anew`() throws {
    var rig = ContentRig(SimulatedDisk())
    try rig.open()
    for _ in 0..<12 { try rig.append([9_000]) }
    try rig.free(Array(rig.held.keys.dropFirst(2)))
    let freed = rig.freed
    rig.freed = []
    try rig.open(rig.disk.afterCrash(.everything))
    check(try rig.compact(0.1)?.dropped, [])
    check(try #require(rig.store).usage.live > 100_000, "\(rig.store?.usage ?? (0, 0))")
    rig.freed = freed
    check(Set(try #require(try rig.compact(0.1)).dropped), freed)
    check(try rig.unread(try #require(rig.store)), [])
    check(try #require(rig.store).usage.total < 60_000, "\(rig.store?.usage ?? (0, 0))")
    check(Set(try #require(rig.store).free(Array(freed))), freed, "nothing of them is there")
  }

  @Test func `A large body that is freed gives its room back at once`() throws {
    var rig = ContentRig(SimulatedDisk())
    try rig.open()
    let id = try #require(try rig.receive(300_000))
    try rig.free([id])
    check(try rig.compact(0.5)?.freedBytes ?? 0 > 300_000, "the newest segment too")
    check(try rig.disk.list(ContentRig.directory).count { $0.hasSuffix(".seg") }, 1)
    try rig.append([100])
    check(rig.complaints(rig.disk.afterCrash(.nothing)), [])
  }

  /// The crash comes between the copies' sync and the old segment's removal.
  @Test func `What a compaction left twice is moved no further`() throws {
    var rig = ContentRig(SimulatedDisk())
    try rig.open()
    var ids: [ContentID] = []
    for _ in 0..<10 { ids += try rig.append([9_000]) }
    rig.store?.close()
    var crashes = 0
    for at in 1...60 {
      var other = rig
      let disk = rig.disk.afterCrash(.everything, fault: .init(at: at, kind: .crash))
      try? other.open(disk)
      try? other.free([ids[0], ids[1], ids[2]])
      guard case .failure = Result(catching: { try other.compact() }) else { continue }
      try other.open(disk.afterCrash(.everything))
      let twice = try #require(other.store).count > ids.count
      other.freed = [ids[0], ids[1], ids[2]]
      for id in other.freed { other.held[id] = nil }
      try other.compact()
      check(try other.unread(try #require(other.store)), [])
      check(try #require(other.store).count, 7, "crash at \(at)")
      crashes += twice ? 1 : 0
    }
    check(crashes > 2, "only \(crashes) crashes left bodies twice")
  }

  @Test func `A damaged body is not moved, and its segment stays`() throws {
    var rig = ContentRig(SimulatedDisk())
    try rig.open()
    var ids: [ContentID] = []
    for _ in 0..<10 { ids += try rig.append([9_000]) }
    try rig.free([ids[0], ids[1]])
    let place = try #require(rig.store?.index.candidates(ids[2]).first)
    try rig.disk.flip(
      "\(ContentRig.directory)/\(Segment.name(place.segment))", place.offset + 300, bit: 0)
    let report = try #require(try rig.compact(0.1))
    check(report.damage.map(\.content), [ids[2]])
    check(try names(rig.disk).first, Segment.name(place.segment))
    rig.held[ids[2]] = nil
    check(try rig.unread(try #require(rig.store)), [])
  }

  @Test func `Nothing of an erased body is left on the disk`() throws {
    var rig = ContentRig(SimulatedDisk())
    try rig.open()
    let ids = try rig.append([2_000, 3_000, 2_500])
    let sealed = ContentSealer.seal(
      try #require(rig.held[ids[1]]).plain, dataKey: rig.entropy.key(), id: ids[1],
      noncePrefix: [0, 0, 0, 0, 0, 0, 0])
    let file = try rig.disk.open("\(ContentRig.directory)/\(Segment.name(1))", .read)
    let place = try #require(rig.store?.index.candidates(ids[1]).first)
    let part = try file.read(64, at: place.offset + 500)
    check(sealed.bytes.count, 3_016)
    check(rig.disk.holds(part), "before")
    try rig.erase([ids[1]])
    check(!rig.disk.holds(part), "after")
    check(!rig.disk.afterCrash(.nothing).holds(part), "after a crash")
    check(rig.complaints(rig.disk.afterCrash(.nothing)), [])
    try rig.erase([ids[1]])
  }

  @Test func `A reader beside the writer finds what is stored and moved meanwhile`() throws {
    var rig = ContentRig(SimulatedDisk())
    try rig.open()
    try rig.append([100])
    let operations = rig.disk.operations
    let reader = try ContentStore(
      ContentRig.directory, log: ContentRig.log, isWriter: false, limits: ContentRig.limits,
      disk: rig.disk, clock: ManualClock())
    check(rig.disk.operations, operations, "a reader changes nothing")
    for _ in 0..<6 { try rig.append([9_000, 500]) }
    try rig.receive(80_000)
    check(try rig.unread(reader), [])
    try rig.free(Array(rig.held.keys.sorted { $0.rawValue < $1.rawValue }.prefix(8)))
    try rig.compact()
    try rig.append([700])
    check(try rig.unread(reader), [])
    #expect(throws: ContentError.closed) {
      try reader.receive(dataKey: rig.entropy.key(), entropy: rig.entropy)
    }
  }

  @Test func `After a clean stop the same segment is filled further, after a crash it is not`()
    throws
  {
    var rig = ContentRig(SimulatedDisk())
    try rig.open()
    try rig.append([1_000])
    for _ in 0..<5 {
      rig.store?.close()
      try rig.open()
      try rig.append([1_000])
    }
    check(try names(rig.disk).count, 1, "after clean stops")
    var crashed = rig
    try crashed.open(rig.disk.afterCrash(.everything))
    try crashed.append([1_000])
    check(try #require(crashed.store).segments.withLock { $0.all.count }, 2, "after a crash")
    check(try crashed.unread(try #require(crashed.store)), [])
  }

  @Test func `Many segments are read through few open files`() throws {
    var rig = ContentRig(SimulatedDisk())
    try rig.open()
    for _ in 0..<12 { try rig.append([39_000]) }
    rig.store?.close()
    var limits = ContentRig.limits
    limits.openFiles = 2
    let store = try ContentStore(
      ContentRig.directory, log: ContentRig.log, isWriter: true, limits: limits, disk: rig.disk,
      clock: ManualClock())
    check(try rig.unread(store), [])
  }

  @Test func `A body beyond the end of a segment has it to itself`() throws {
    var rig = ContentRig(SimulatedDisk())
    try rig.open()
    try rig.receive(300_000)
    try rig.append([10])
    check(try names(rig.disk).count, 2)
    check(rig.complaints(rig.disk.afterCrash(.nothing)), [])
  }

  @Test func `A small batch costs one write and one sync`() throws {
    var rig = ContentRig(SimulatedDisk())
    try rig.open()
    try rig.append([100])
    let before = rig.disk.operations
    try rig.append([100, 200, 300])
    check(rig.disk.operations - before, 2)
  }

  @Test func `A disk that has no room for a whole step is filled all the same`() throws {
    let disk = SimulatedDisk()
    disk.limit(to: 41_000)
    var rig = ContentRig(disk)
    try rig.open()
    let error = #expect(throws: SystemError.self) { while true { try rig.append([3_000]) } }
    check(error?.isFull, true)
    check(rig.held.count, 11, "bodies of 3,088 bytes in 41,000 less the head of the segment")
    check(try rig.unread(try #require(rig.store)), [])
    check(rig.complaints(disk.afterCrash(.nothing)), [])
  }

  @Test func `A full disk stores nothing and breaks nothing`() throws {
    var rig = ContentRig(SimulatedDisk())
    try rig.open()
    try rig.append([100])
    rig.disk.limit(to: 16_384)
    try rig.append([9_000])
    for _ in 0..<2 {
      let error = #expect(throws: SystemError.self) { try rig.append([9_000]) }
      check(error?.isFull, true)
    }
    rig.disk.limit(to: nil)
    for _ in 0..<4 { try rig.append([9_000]) }
    check(try rig.unread(try #require(rig.store)), [])
    check(rig.complaints(rig.disk.afterCrash(.nothing)), [])
  }

  @Test func `Whatever range is asked for is what is read`() throws {
    var rig = ContentRig(SimulatedDisk())
    try rig.open()
    let id = try #require(try rig.receive(200_000))
    let body = try #require(rig.held[id])
    let store = try #require(rig.store)
    var random = SeededRandom(seed: 6)
    for _ in 0..<60 {
      let from = Int(random.next() % 200_010)
      let to = from + Int(random.next() % 70_000)
      let clamped = min(from, 200_000)..<min(to, 200_000)
      let expected = Array(body.plain[clamped])
      let range = UInt64(from)..<UInt64(to)
      check(try store.read(id, dataKey: body.key, range) == expected, "\(range)")
      check(try store.readIfCached(id, dataKey: body.key, range) == expected, "\(range) cached")
    }
    check(try store.read(id, dataKey: body.key, 5..<5), [])
    check(try store.readIfCached(ContentID(rawValue: .zero), dataKey: body.key, 0..<5), nil)
    let other = rig.entropy.key()
    #expect(throws: ContentError.self) { try store.read(id, dataKey: other, 0..<5) }
  }

  @Test func `The index keeps every body through growth and removal`() {
    var table = LocationTable()
    var expected: [UInt64: Set<BodyLocation>] = [:]
    var random = SeededRandom(seed: 1)
    for round in 0..<4_000 {
      // Few values of the upper bits, so that places collide.
      let key = random.next() % 97 << 58 | UInt64(round % 1_000)
      let location = BodyLocation(
        segment: UInt32(1 + round % 7), offset: (4_096 + UInt64(round)) / 8 * 8)
      if round % 3 == 0, let known = expected[key]?.first {
        check(table.replace(key, known, with: nil), "removed")
        expected[key]?.remove(known)
      } else if expected[key]?.contains(location) != true {
        table.insert(key, location)
        expected[key, default: []].insert(location)
      }
    }
    for (key, locations) in expected where Set(table.candidates(key)) != locations {
      check(false, "key \(key)")
    }
    check(table.count, expected.values.reduce(0) { $0 + $1.count })
  }
}
