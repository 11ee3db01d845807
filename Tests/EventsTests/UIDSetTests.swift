import Events
import TestKit
import Testing

@Suite struct UIDSetTests {
  @Test func insertingInAnyOrderEqualsASet() {
    for seed in 0..<60 as Range<UInt64> {
      var random = SeededRandom(seed: seed)
      var (set, model): (UIDSet, Set<UID>) = (UIDSet(), [])
      for _ in 0..<60 {
        let low = UInt32(random.next() % 90 + 1)
        let high = low + UInt32(random.next() % 4)
        set.insert(UID(low)...UID(high))
        for uid in low...high { model.insert(UID(uid)) }
      }
      check(Array(set), model.sorted(), "seed \(seed)")
      check(set.count, model.count)
      for uid in 0..<100 as Range<UInt32> {
        check(set.contains(UID(uid)), model.contains(UID(uid)))
      }
      for (left, right) in zip(set.ranges, set.ranges.dropFirst()) {
        check(left.upperBound.rawValue + 1 < right.lowerBound.rawValue, "runs touch: \(set)")
      }
      check(set, UIDSet(model))
      check(Array(set.pieces(ofRuns: 3).joined()), model.sorted())
      check((try? UIDSet(stored: set.stored.span)) == set, "coding of \(set)")
    }
  }

  @Test func theEndsOfTheRangeDoNotTrap() {
    var set = UIDSet(UID.last)
    set.insert(UID(UInt32.max - 1))
    set.insert(.first)
    check(set.description, "1,4294967294:4294967295")
    check(Array(set.suffix(2)), [UID(UInt32.max - 1), .last])
    set.insert(UID.zero...UID.last)
    check(set.count, 1 << 32)
    check(UIDSet(UID.first...UID.last).stored, [0x82, 1, 0x1A, 0xFF, 0xFF, 0xFF, 0xFF])
  }

  @Test func scatteredUIDsTakeTwoOctetsEach() {
    let set = UIDSet((0..<10_000).map { UID(1_000_000 + $0 * 2) })
    check(set.stored.count < 20_010, "\(set.stored.count)")
  }

  @Test func damagedRunsAreRefused() {
    // An odd number, a gap of 0 or 1 after a run, no UIDs, more than there are.
    let damaged: [[UInt8]] = [
      [0x81, 1], [0x82, 0, 1], [0x84, 1, 1, 1, 1], [0x82, 1, 0],
      [0x82, 2, 0x1A, 0xFF, 0xFF, 0xFF, 0xFF],
      [0x82, 1, 0x1B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
    ]
    for bytes in damaged { check((try? UIDSet(stored: bytes.span)) == nil, "\(bytes)") }
  }
}
