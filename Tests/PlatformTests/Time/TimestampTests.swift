import Platform
import TestKit
import Testing

@Suite struct TimestampTests {
  @Test func textsAreThoseOfRFC3339() {
    let rows: [(Int64, String)] = [
      (0, "1970-01-01T00:00:00.000000Z"),
      (-1, "1969-12-31T23:59:59.999999Z"),
      (482_196_050_520_000, "1985-04-12T23:20:50.520000Z"),
      (851_042_397_000_000, "1996-12-20T00:39:57.000000Z"),
      (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
      (1_795_428_672_123_456, "2026-11-23T10:11:12.123456Z"),
      (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
      (-62_167_219_200_000_000, "0000-01-01T00:00:00.000000Z"),
      (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
    ]
    for (microseconds, text) in rows {
      let time = Timestamp(microseconds: microseconds)
      check(time.description, text)
      check(Timestamp(rfc3339: text), time, text)
    }
  }

  /// RFC 3339 §5.8 among them.
  @Test func otherFormsOfTheSameMomentAreRead() {
    let rows = [
      ("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520000Z"),
      ("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57.000000Z"),
      ("1990-12-31T23:59:60Z", "1991-01-01T00:00:00.000000Z"),
      ("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00.000000Z"),
      ("1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870000Z"),
      ("2026-01-02t03:04:05z", "2026-01-02T03:04:05.000000Z"),
      ("2026-01-02T03:04:05.1234567899Z", "2026-01-02T03:04:05.123456Z"),
    ]
    for (text, expected) in rows {
      check(Timestamp(rfc3339: text)?.description, expected, text)
    }
    let bad = [
      "", "2026-01-02", "2026-01-02T03:04:05", "2026-01-02 03:04:05Z", "2026-02-29T00:00:00Z",
      "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-32T00:00:00Z",
      "2026-01-02T24:00:00Z", "2026-01-02T03:60:05Z", "2026-01-02T03:04:61Z",
      "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05+24:00", "2026-01-02T03:04:05Zx",
      "26-01-02T03:04:05Z", "2026-1-02T03:04:05Z", "+2026-01-02T03:04:05Z",
    ]
    for text in bad { check(Timestamp(rfc3339: text), nil, text) }
  }

  @Test func arithmeticClampsAtTheEnds() {
    let time = Timestamp(microseconds: 1_500_000)
    check(time.seconds, 1)
    check(Timestamp(microseconds: -1).seconds, -1)
    check(Timestamp(microseconds: -1_000_000).seconds, -1)
    check(time.adding(seconds: -2).microseconds, -500_000)
    check((time + .milliseconds(1)).microseconds, 1_501_000)
    check((time - .microseconds(3)).microseconds, 1_499_997)
    check(time.since(.zero), .milliseconds(1500))
    let (first, last) = (Timestamp(microseconds: .min), Timestamp(microseconds: .max))
    check(last.adding(seconds: 1), last)
    check(first.adding(seconds: .min), first)
    check(Timestamp(seconds: .max), last)
    check(last.since(first) > .zero && first.since(last) < .zero, "no trap at the ends")
    check(Timestamp(rfc3339: last.description), nil, "a year of six digits is not RFC 3339")
    check(last.description, "+294247-01-10T04:00:54.775807Z")
    check(first.description, "-290308-12-21T19:59:05.224192Z")
  }

  @Test func everyDayOfFourCenturiesIsFoundAgain() {
    var expected = CalendarDay(daysSince1970: -719_468)
    check([expected.year, expected.month, expected.day], [0, 3, 1])
    var months: Set<Int> = []
    for days in -719_468..<(-719_468 + 146_097 + 366) {
      let day = CalendarDay(daysSince1970: days)
      check(day.daysSince1970, days)
      months.insert(day.month)
      check(CalendarDay(year: day.year, month: day.month, day: day.day), day, "\(day)")
      if day.day != 1 { check(day.day, expected.day + 1, "\(day)") }
      expected = day
    }
    check(months.count, 12)
    for (year, month, day) in [(2025, 2, 29), (1900, 2, 29), (2024, 4, 31), (2024, 0, 1)] {
      check(CalendarDay(year: year, month: month, day: day), nil, "\(year)-\(month)-\(day)")
    }
    check(CalendarDay(year: 2000, month: 2, day: 29) != nil, "a leap year of the fourth century")
  }
}
