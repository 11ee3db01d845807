import Platform

extension ResponseWriter {
  // mailbox = "INBOX" / astring, in modified UTF-7
  mutating func mailbox(_ name: String) { astring(ModifiedUTF7.encode(name)) }

  // sequence-set without `*`: sorted ranges of UIDs or message numbers
  mutating func ranges(_ ranges: some Sequence<ClosedRange<UInt32>>) {
    var isFirst = true
    for range in ranges {
      if !isFirst { raw(",") }
      isFirst = false
      number(range.lowerBound)
      guard range.upperBound > range.lowerBound else { continue }
      raw(":")
      number(range.upperBound)
    }
  }

  // date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
  /// A time in UTC, from seconds since 1970. Years outside 1 to 9999 are shown as the nearest.
  mutating func dateTime(secondsSinceEpoch seconds: Int64) {
    let seconds = min(max(Int(seconds), -62_135_596_800), 253_402_300_799)
    let (days, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
    let ofDay = rest < 0 ? rest + 86_400 : rest
    let date = CalendarDay(daysSince1970: rest < 0 ? days - 1 : days)
    raw("\"")
    if date.day < 10 { space() }
    number(date.day)
    raw("-")
    raw(ResponseWriter.months[date.month - 1])
    raw("-")
    padded(date.year, 4)
    space()
    padded(ofDay / 3_600, 2)
    raw(":")
    padded(ofDay / 60 % 60, 2)
    raw(":")
    padded(ofDay % 60, 2)
    raw(" +0000\"")
  }

  private static let months: [StaticString] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private mutating func padded(_ value: Int, _ width: Int) {
    var limit = 1
    for _ in 1..<width { limit *= 10 }
    while limit > 1, value < limit {
      raw("0")
      limit /= 10
    }
    number(value)
  }
}
