import MailFormat
import TestKit
import Testing

/// Dates in both directions. RFC 5322 §3.3, §4.3
@Suite struct DateTests {
  /// A date, its second since 1970, its offset in minutes or nil where the zone is unknown.
  static let table: [(field: String, seconds: Int64, offset: Int?)] = [
    ("Thu, 01 Jan 1970 00:00:00 +0000", 0, 0),
    ("Tue, 24 Nov 2026 10:11:12 +0100", 1_795_511_472, 60),
    ("24 Nov 2026 10:11:12 +0100", 1_795_511_472, 60),
    ("Tue, 24 Nov 2026 10:11 +0100", 1_795_511_460, 60),
    ("tue , 24 NOV 2026 10 : 11 : 12 +0100 (CET)", 1_795_511_472, 60),
    ("Tue,24 Nov 2026\r\n 09:11:12 GMT", 1_795_511_472, 0),
    ("Tue, 24-Nov-2026 09:11:12 UT", 1_795_511_472, 0),
    ("Tue, 24 November 26 04:11:12 EST", 1_795_511_472, -300),
    ("24 Nov 126 01:11:12 PST", 1_795_511_472, -480),
    ("24 Nov 2026 09:11:12 Z", 1_795_511_472, 0),
    ("24 Nov 2026 09:11:12 A", 1_795_511_472, nil),
    ("24 Nov 2026 09:11:12 -0000", 1_795_511_472, nil),
    ("24 Nov 2026 09:11:12", 1_795_511_472, nil),
    ("24 Nov 2026 09:11:12 +01", 1_795_511_472, nil),
    ("(c) 24 (c(d)) Nov 2026 09:11:12 +0000", 1_795_511_472, 0),
    ("29 Feb 2024 23:59:60 +0000", 1_709_251_199, 0),
    ("31 Dec 99 23:59:59 +0000", 946_684_799, 0),
    ("1 Jan 0001 00:00:00 +0000", -62_104_060_800, 0),
    ("31 Dec 9999 23:59:59 -9959", 253_370_764_800, -5999),
  ]

  static let refused = [
    "", "Tue", "Tue,", "24 Nov", "24 Nov 2026", "24 Nov 2026 24:00:00 +0000",
    "24 Nov 2026 10:60:00 +0000", "24 Nov 2026 10:11:61 +0000", "31 Nov 2026 10:11:12 +0000",
    "0 Nov 2026 10:11:12 +0000", "29 Feb 2026 10:11:12 +0000", "29 Feb 1900 10:11:12 +0000",
    "24 Nox 2026 10:11:12 +0000", "24 Nov 20260 10:11:12 +0000", "24 Nov 0000 10:11:12 +0000",
    "99999999999999999999 Nov 2026 10:11:12 +0000", "24 Nov 2026 10.11.12 +0000",
  ]

  @Test func everyFormIsRead() {
    for (field, seconds, offset) in DateTests.table {
      let date = MailDate(field: [UInt8](field))
      check(date?.seconds, seconds, field)
      check(date?.offsetMinutes, offset ?? 0, field)
      check(date?.isZoneKnown, offset != nil, field)
    }
    for field in DateTests.refused { check(MailDate(field: [UInt8](field)), nil, field) }
  }

  @Test func momentsAreWritten() {
    let date = MailDate(seconds: 1_795_511_472, offsetMinutes: 60)
    check(date.field.text, "Tue, 24 Nov 2026 10:11:12 +0100", "field")
    var octets: [UInt8] = []
    date.appendInternalDate(to: &octets)
    check(octets.text, "24-Nov-2026 10:11:12 +0100", "internal date")
    octets = []
    MailDate(seconds: -1, offsetMinutes: -90).appendInternalDate(to: &octets)
    check(octets.text, "31-Dec-1969 22:29:59 -0130", "before 1970")
    check(
      MailDate(seconds: 5, offsetMinutes: 60, isZoneKnown: false).field.text,
      "Thu, 1 Jan 1970 01:00:05 -0000", "unknown zone")
  }

  /// What is written is read as the same moment, on any day of the calendar and in any zone.
  @Test func writtenDatesReadTheSame() {
    var random = SeededRandom(seed: 7)
    for _ in 0..<20_000 {
      let date = MailDate(
        seconds: Int64.random(in: -70_000_000_000...260_000_000_000, using: &random),
        offsetMinutes: Int.random(in: -6100...6100, using: &random))
      check(MailDate(field: date.field), date, date.field.text)
    }
    for extreme in [Int64.min, Int64.max] {
      let date = MailDate(seconds: extreme, offsetMinutes: extreme < 0 ? Int.min : Int.max)
      check(MailDate(field: date.field), date, date.field.text)
    }
  }

  /// Every day from year 1 to 9999 follows the one before it.
  @Test func daysFollowEachOther() {
    var day = CivilDay(number: -719_162)
    check(CivilDay(year: 1, month: 1, day: 1), day, "the first day")
    for number in -719_161...2_932_896 {
      let next = CivilDay(number: number)
      let follows =
        next.number == number && day < next && next.weekday == (day.weekday + 1) % 7
        && CivilDay(year: next.year, month: next.month, day: next.day) == next
      guard follows else {
        Issue.record("\(next) does not follow \(day)")
        return
      }
      day = next
    }
    check(CivilDay(year: 9999, month: 12, day: 31), day, "the last day")
    check(CivilDay(number: Int.max), day, "beyond the last day")
    check(CivilDay(number: Int.min).number, -719_162, "before the first day")
  }
}
