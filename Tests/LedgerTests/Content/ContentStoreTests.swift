import Events
import Platform
import TestKit
import Testing

@testable import Ledger

/// Bodies go in sealed, come out verified, and survive whatever the file looks like behind them.
@Suite struct ContentStoreTests {
  let scratch: ScratchDirectory
  let entropy = SeededEntropy(seed: 7)
  let log = LogID(rawValue: ID(high: 1, low: 2))

  init() throws { scratch = try ScratchDirectory() }

  func store() throws -> ContentStore {
    try ContentStore(scratch.path, log: log, isWriter: true)
  }

  func octets(_ count: Int) -> [UInt8] {
    var random = SeededRandom(seed: UInt64(count))
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 131_072, 300_001])
  func `A body of any length is read back, whole and in parts`(count: Int) throws {
    let plain = octets(count)
    let key = entropy.key()
    let store = try store()
    let large = try store.receive(dataKey: key, entropy: entropy)
    for start in stride(from: 0, to: count, by: 7_919) {
      try large.append(Array(plain[start..<min(start + 7_919, count)]))
    }
    let stored = try large.finish()
    check(stored.plainLength, UInt64(count))
    let again = try self.store()
    check(try again.read(stored.id, dataKey: key, 0..<UInt64(count)), plain, "whole")
    for (from, to) in [(0, 1), (count / 2, count), (65_530, 65_540), (count, count + 10)] {
      let range = min(from, count)..<min(to, count)
      check(
        try again.read(stored.id, dataKey: key, UInt64(from)..<UInt64(max(from, to))),
        Array(plain[range]), "\(range)")
    }
  }

  @Test func `What the Scribe appends in one batch is found again after a restart`() throws {
    let store = try store()
    var bodies: [(SealedBody, Key, [UInt8])] = []
    for count in [10, 4_096, 0, 60_000] {
      let key = entropy.key()
      bodies.append(
        (ContentSealer.seal(octets(count), dataKey: key, entropy: entropy), key, octets(count)))
    }
    try store.append(bodies.map(\.0))
    for one in [store, try self.store()] {
      check(one.count, 4)
      for (body, key, plain) in bodies {
        check(try one.read(body.id, dataKey: key, 0..<body.plainLength), plain)
      }
    }
  }

  @Test func `A body that was given up leaves no trace, and its room is used again`() throws {
    let store = try store()
    let key = entropy.key()
    let first = try store.receive(dataKey: key, entropy: entropy)
    try first.append(octets(200_000))
    first.abandon()
    let second = try store.receive(dataKey: key, entropy: entropy)
    try second.append(octets(100_000))
    let stored = try second.finish()
    let again = try self.store()
    check(again.count, 1)
    check(try again.read(stored.id, dataKey: key, 0..<100_000), octets(100_000))
    check(try SystemDisk().list(scratch.path).count { $0.hasSuffix(".seg") }, 1, "one segment")
  }

  @Test func `A flipped bit in a body is never released as plaintext`() throws {
    let store = try store()
    let key = entropy.key()
    let body = ContentSealer.seal(octets(5_000), dataKey: key, entropy: entropy)
    try store.append([body])
    let path = "\(scratch.path)/\(Segment.name(1))"
    let file = try SystemDisk().open(path, .write)
    let end = SegmentHead.size + Int(BodyHead.span(plain: body.plainLength))
    var random = SeededRandom(seed: 3)
    for _ in 0..<200 {
      let place = UInt64(SegmentHead.size) + random.next() % UInt64(end - SegmentHead.size)
      let old = try file.read(1, at: place)
      try file.write([old[0] ^ UInt8(1 << (random.next() % 8))], at: place)
      let read = Result { try self.store().read(body.id, dataKey: key, 0..<5_000) }
      if case .success(let plain) = read {
        let isPadding = place >= UInt64(SegmentHead.size + BodyHead.size + body.bytes.count)
        check(isPadding && plain == octets(5_000), "a flip at \(place) went unnoticed")
      }
      try file.write(old, at: place)
    }
  }

  @Test func `A segment that a crash cut anywhere opens with the bodies before the cut`() throws {
    let key = entropy.key()
    let bodies = [3_000, 500, 9_000].map {
      ContentSealer.seal(octets($0), dataKey: key, entropy: entropy)
    }
    try store().append(bodies)
    let path = "\(scratch.path)/\(Segment.name(1))"
    let file = try SystemDisk().open(path, .write)
    let ends = bodies.reduce(into: [UInt64(SegmentHead.size)]) {
      $0.append($0.last! + BodyHead.span(plain: $1.plainLength))
    }
    for cut in stride(from: ends[3], to: 0, by: -577) {
      try file.truncate(to: cut)
      let found = cut < UInt64(SegmentHead.size) ? 0 : ends.dropFirst().count { $0 <= cut + 7 }
      check(abs(try store().count - found) <= 1, "cut at \(cut)")
    }
  }
}
