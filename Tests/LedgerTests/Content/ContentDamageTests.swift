import Events
import Platform
import Synchronization
import TestKit
import Testing

@testable import Ledger

/// Every changed live byte is found, with its place; changed dead bytes change nothing.
@Suite struct ContentDamageTests {
  /// The segment of the small bodies; a large one has another.
  let path = "\(ContentRig.directory)/\(Segment.name(1))"

  private func rig() throws -> (rig: ContentRig, ids: [ContentID]) {
    var rig = ContentRig(SimulatedDisk())
    try rig.open()
    let ids = try rig.append([500, 0, 70]) + [try #require(try rig.receive(140_000))]
    rig.store?.close()
    return (rig, ids)
  }

  /// What a verification tells of the bodies and files of a store.
  private func damage(_ rig: ContentRig) throws -> [ContentDamage] {
    let store = try #require(rig.store)
    return try store.findings.withLock { $0 }
      + rig.held.compactMap { id, body in
        try store.check(id, (sha256: body.sha256, plainLength: UInt64(body.plain.count))).damage
      }
  }

  private func place(_ rig: ContentRig, _ id: ContentID) throws -> (path: String, offset: UInt64) {
    let location = try #require(rig.store?.index.candidates(id).first)
    return ("\(ContentRig.directory)/\(Segment.name(location.segment))", location.offset)
  }

  /// Without its index files the segments are walked, and a damaged head must be found all the same.
  @Test(arguments: [false, true])
  func `A flip of any live byte is found, with its place`(walks: Bool) throws {
    let (rig, ids) = try rig()
    check(try damage(rig), [])
    var random = SeededRandom(seed: 8)
    for round in 0..<160 {
      let id = ids[round % 4]
      let body = try #require(rig.held[id])
      let (path, start) = try place(rig, id)
      let sealed = ChunkSeal.sealedLength(of: UInt64(body.plain.count))
      let chunks = ChunkSeal.chunks(of: UInt64(body.plain.count))
      let live = UInt64(BodyHead.size) + sealed + 4 * chunks
      let at = random.next() % (round % 8 < 4 ? live : UInt64(BodyHead.size))
      let disk = rig.disk.afterCrash(walks ? .nothing : .everything)
      try disk.flip(path, start + at, bit: round % 8)
      if walks {
        for name in try disk.list(ContentRig.directory) where name.hasSuffix(".idx") {
          try disk.remove("\(ContentRig.directory)/\(name)")
        }
      }
      var other = rig
      try other.open(disk)
      let found = try damage(other)
      check(found.map(\.offset), [start], "flip at \(at) of a body of \(body.plain.count)")
      let chunk: UInt64? =
        at < 64 ? nil : at < 64 + sealed ? (at - 64) / 65_552 : (at - 64 - sealed) / 4
      check(found.first?.chunk, chunk, "its chunk, flip at \(at)")
      let read = Result { try other.store?.read(id, dataKey: body.key, 0..<100) }
      if chunk ?? 0 == 0, at < 64 + sealed, !body.plain.isEmpty, case .success = read {
        check(false, "a flip at \(at) is read")
      }
      other.held[id] = nil
      check(try other.unread(try #require(other.store)), [], "the others are read")
    }
  }

  @Test func `Flips of dead bytes change no answer`() throws {
    let (rig, ids) = try rig()
    // Sealed and with its checksum a body of 70 bytes takes 154, which is no multiple of 8.
    let padding = try place(rig, ids[2]).offset + 154 + 1
    let size = try rig.disk.open(path, .read).size()
    for at in [60, 2_000, padding, size - 100] as [UInt64] {
      let disk = rig.disk.afterCrash(.nothing)
      try disk.flip(path, at, bit: 1)
      var other = rig
      try other.open(disk)
      check(try damage(other), [], "flip at \(at)")
      check(rig.complaints(disk), [], "flip at \(at)")
    }
  }

  @Test func `A damaged or lost index file only costs a walk`() throws {
    let (rig, _) = try rig()
    let index = String(path.dropLast(3)) + "idx"
    let size = try rig.disk.open(index, .read).size()
    for at in 0..<size {
      let disk = rig.disk.afterCrash(.nothing)
      try disk.flip(index, at, bit: Int(at % 8))
      var other = rig
      try other.open(disk.afterCrash(.nothing))
      check(try damage(other).map(\.offset), [0], "flip at \(at)")
      check(rig.complaints(disk, uses: false), [], "flip at \(at)")
    }
    let disk = rig.disk.afterCrash(.nothing)
    try disk.remove(index)
    check(rig.complaints(disk), [], "without the index file")
  }

  /// The bodies behind a damaged head must be found, and nothing may be written over them.
  @Test func `A damaged head hides no other body, also after a crash`() throws {
    let (rig, ids) = try rig()
    let index = String(path.dropLast(3)) + "idx"
    for (number, id) in ids.enumerated() {
      let disk = rig.disk.afterCrash(.nothing)
      let (path, offset) = try place(rig, id)
      try disk.flip(path, offset + 20, bit: 2)
      if disk.exists(index) { try disk.remove(index) }
      var other = rig
      try other.open(disk)
      try other.append([5_000, 100])
      other.held[id] = nil
      check(try other.unread(try #require(other.store)), [], "head \(number)")
      let read = Result { try other.store?.read(id, dataKey: rig.entropy.key(), 0..<10) }
      if case .success = read { check(false, "the body with the damaged head is read") }
    }
  }

  @Test func `A damaged segment head is written anew, one of another journal is refused`() throws {
    let (rig, _) = try rig()
    let disk = rig.disk.afterCrash(.nothing)
    try disk.flip(path, 3, bit: 0)
    var hurt = rig
    try hurt.open(disk.afterCrash(.nothing))
    check(try damage(hurt).map(\.offset), [0])
    check(rig.complaints(disk), [], "damaged")
    let other = LogID(rawValue: ID(high: 1, low: 1))
    #expect(throws: LedgerError.self) {
      try ContentStore(
        ContentRig.directory, log: other, isWriter: true, disk: rig.disk, clock: ManualClock())
    }
  }

  @Test func `What is sealed in one place does not open in another`() throws {
    let (rig, ids) = try rig()
    let body = try #require(rig.held[ids[0]])
    let sealed = ContentSealer.seal(
      body.plain, dataKey: body.key, id: ids[0], noncePrefix: [1, 2, 3, 4, 5, 6, 7])
    let seal = { (id: ContentID, prefix: [UInt8]) in
      ChunkSeal(key: ContentSealer.key(body.key), prefix: prefix, aad: id.rawValue.bytes)
    }
    check(seal(ids[0], [1, 2, 3, 4, 5, 6, 7]).open(sealed.bytes.span), body.plain)
    check(seal(ids[1], [1, 2, 3, 4, 5, 6, 7]).open(sealed.bytes.span), nil, "another id")
    check(seal(ids[0], [1, 2, 3, 4, 5, 6, 8]).open(sealed.bytes.span), nil, "another prefix")
    check(
      seal(ids[0], [1, 2, 3, 4, 5, 6, 7]).open(sealed.bytes.span.extracting(..<200)), nil, "cut")
  }

  @Test func `Chunks cannot be dropped, swapped or added`() throws {
    let entropy = SeededEntropy(seed: 4)
    let seal = ChunkSeal(key: entropy.key(), prefix: entropy.bytes(7), aad: [1])
    let plain = entropy.bytes(150_000)
    let sealed = seal.seal(plain.span)
    let size = ChunkSeal.chunkSize + ChunkSeal.tagSize
    let chunks = [sealed[..<size], sealed[size..<2 * size], sealed[(2 * size)...]].map(Array.init)
    check(seal.open(sealed.span), plain)
    for order in [[0], [0, 1], [1, 0, 2], [0, 2], [0, 1, 2, 2], [0, 1, 1, 2], [2]] {
      let changed = order.flatMap { chunks[$0] }
      check(seal.open(changed.span), nil, "chunks \(order)")
    }
  }
}
