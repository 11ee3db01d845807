import Platform
import TestKit
import Testing

@Suite struct IDTests {
  @Test func textIsReadInBothForms() {
    let id = ID(high: 0x0192_f0c1_2b3c_7d4e, low: 0x8f50_6172_8394_0a1b)
    let text = "0192f0c1-2b3c-7d4e-8f50-617283940a1b"
    check(id.description, text)
    for good in [text, text.uppercased(), "0192f0c12b3c7d4e8f50617283940a1b"] {
      check(ID(good), id, good)
    }
    check(ID(text[...]), id, "a part of a text")
    let bad = [
      "", "0192f0c1", text + "0", String(text.dropLast()), String(text.dropLast()) + "g",
      "0192f0c12-b3c-7d4e-8f50-617283940a1b", "0192f0c1-2b3c-7d4e-8f50-617283940a1-",
      "0192f0c12b3c7d4e8f50617283940a1-", "0192f0c12b3c7d4e8f50617283940a1b0123",
      "{" + text + "}", "０192f0c1-2b3c-7d4e-8f50-617283940a1b",
    ]
    for text in bad { check(ID(text), nil, text) }
  }

  @Test func bytesAreBigEndian() {
    let id = ID(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10)
    check(id.bytes, Array(1...16))
    check(ID(bytes: Array(1...16)), id)
    check(ID(bytes: Array(1...15)), nil)
    check(ID(bytes: Array(1...17)), nil)
    check(ID.zero.bytes, [UInt8](repeating: 0, count: 16))
  }

  @Test func orderIsThatOfTheBytes() {
    var random = SeededRandom(seed: 1)
    let ids = (0..<200).map { _ in ID(high: random.next() % 3, low: random.next()) }
    let byBytes = ids.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    check(ids.sorted(), byBytes)
  }

  /// The moment of RFC 9562 A.6; its twelve random bits are the fraction of the millisecond here.
  @Test func aTimedIDIsAUUIDv7() {
    let time = Timestamp(microseconds: 1_645_557_742_000_000)
    let random: UInt64 = 0x18c4_dc0c_0c07_398f
    let id = ID.timed(time, random: (random, 0))
    check(id.description, "017f22e2-79b0-7000-98c4-dc0c0c07398f")
    check(id.time, time)
    let full = ID.timed(time.adding(microseconds: 999), random: (.max, 0))
    check(full.description, "017f22e2-79b0-7ffb-bfff-ffffffffffff")
    check(
      ID.timed(Timestamp(microseconds: -1), random: (0, 0)).description,
      "00000000-0000-7000-8000-000000000000", "before 1970")
    check(
      ID.timed(Timestamp(microseconds: .max), random: (0, 0)).description.prefix(13),
      "ffffffff-ffff", "after the year 10889")
  }

  @Test func timedIDsSortByTime() {
    var random = SeededRandom(seed: 2)
    var last = ID.zero
    for step in 0..<5000 as Range<Int64> {
      let time = Timestamp(microseconds: 1_700_000_000_000_000 + step)
      let id = ID.timed(time, random: (random.next(), random.next()))
      check(id > last, "step \(step)")
      last = id
    }
  }

  @Test func timedIDsGrowEvenWhereTheClockDoesNot() {
    let time = Timestamp(microseconds: 1_700_000_000_123_456)
    var last = ID.timed(time, random: (.max, 0))
    for step in 0..<100 as Range<Int64> {
      let id = ID.timed(time.adding(microseconds: -step), random: (0, 0), after: last)
      check(id > last, "\(id) after \(last)")
      check(id.description.dropFirst(14).first, "7", "version")
      check(id.low >> 62, 2, "variant")
      last = id
    }
    let ahead = ID.timed(time.adding(seconds: 1), random: (5, 0), after: last)
    check(ahead, ID.timed(time.adding(seconds: 1), random: (5, 0)), "a clock that moved on is used")
    let end = ID(high: 0x0123_4567_89ab_7fff, low: 0xbfff_ffff_ffff_ffff)
    check(
      ID.timed(.zero, random: (0, 0), after: end).description,
      "01234567-89ac-7000-8000-000000000000", "the carry skips version and variant")
  }
}
