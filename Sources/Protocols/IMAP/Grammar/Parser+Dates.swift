import Platform

/// The names of the months, in upper case. RFC 3501 §9 date-month
private let months: [StaticString] = [
  "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
]

extension Parser {
  // date = date-text / DQUOTE date-text DQUOTE; date-text = 1*2DIGIT "-" date-month "-" 4DIGIT
  mutating func date() throws(SyntaxFailure) -> CalendarDay {
    let isQuoted = try take(OctetClass.quote)
    let date = try dateText(mayPad: false)
    if isQuoted { try expect(OctetClass.quote, "bad date") }
    return date
  }

  // date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
  /// Seconds since 1970-01-01T00:00:00Z.
  mutating func dateTime() throws(SyntaxFailure) -> Int64 {
    try expect(OctetClass.quote, "expected a date and time")
    let date = try dateText(mayPad: true)
    try space()
    let hour = try digits(2)
    try expect(OctetClass.colon, "bad time")
    let minute = try digits(2)
    try expect(OctetClass.colon, "bad time")
    let second = try digits(2)
    try space()
    let isWest = try take(OctetClass.minus)
    if !isWest { try expect(OctetClass.plus, "bad time zone") }
    let zoneHours = try digits(2)
    let zoneMinutes = try digits(2)
    try expect(OctetClass.quote, "bad date and time")
    guard hour < 24, minute < 60, second <= 60, zoneHours < 24, zoneMinutes < 60 else {
      throw .malformed("no such time")
    }
    let offset = (zoneHours * 60 + zoneMinutes) * (isWest ? -60 : 60)
    let local = ((date.daysSince1970 * 24 + hour) * 60 + minute) * 60 + second
    return Int64(local - offset)
  }

  private mutating func dateText(mayPad: Bool) throws(SyntaxFailure) -> CalendarDay {
    if mayPad { _ = try take(OctetClass.space) }
    let day = try run("expected a day", while: OctetClass.isDigit)
    try expect(OctetClass.minus, "bad date")
    let name = Word(try run("expected a month") { OctetClass.upper($0) >= 0x41 && $0 <= 0x7A })
    try expect(OctetClass.minus, "bad date")
    let year = try digits(4)
    guard day.count <= 2, let day = UInt64(decimal: day),
      let month = months.firstIndex(where: { Word($0) == name }),
      let date = CalendarDay(year: year, month: month + 1, day: Int(day)), year > 0
    else { throw .malformed("no such date") }
    return date
  }

  private mutating func digits(_ count: Int) throws(SyntaxFailure) -> Int {
    var value = 0
    for _ in 0..<count {
      let digit = try next()
      guard OctetClass.isDigit(digit) else { throw .malformed("bad date or time") }
      value = value * 10 + Int(digit - 0x30)
    }
    return value
  }
}
