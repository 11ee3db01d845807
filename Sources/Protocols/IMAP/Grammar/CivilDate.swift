/// A day of the Gregorian calendar, as IMAP writes it: `17-Jul-1996`. RFC 3501 §9 date
struct CivilDate: Hashable, Sendable, Comparable {
  let year: Int
  /// 1 to 12.
  let month: Int
  let day: Int

  static let months: [StaticString] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
  ]

  /// Nil where the calendar has no such day. Years are 1 to 9999.
  init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= CivilDate.length(ofMonth: month, year: year)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day that is `days` after 1970-01-01.
  init(daysSinceEpoch days: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let ofEra = shifted - era * 146_097
    let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * ofYear + 2) / 153
    day = ofYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01; before it negative.
  var daysSinceEpoch: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + ofYear - 719_468
  }

  static func < (left: CivilDate, right: CivilDate) -> Bool {
    left.daysSinceEpoch < right.daysSinceEpoch
  }

  private static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }
}

extension Parser {
  // date = date-text / DQUOTE date-text DQUOTE; date-text = 1*2DIGIT "-" date-month "-" 4DIGIT
  mutating func date() throws(SyntaxFailure) -> CivilDate {
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
    let local = ((date.daysSinceEpoch * 24 + hour) * 60 + minute) * 60 + second
    return Int64(local - offset)
  }

  private mutating func dateText(mayPad: Bool) throws(SyntaxFailure) -> CivilDate {
    if mayPad { _ = try take(OctetClass.space) }
    let day = try run("expected a day", while: OctetClass.isDigit)
    try expect(OctetClass.minus, "bad date")
    let name = Word(try run("expected a month") { OctetClass.upper($0) >= 0x41 && $0 <= 0x7A })
    try expect(OctetClass.minus, "bad date")
    let year = try digits(4)
    guard day.count <= 2, let day = UInt64(decimal: day),
      let month = CivilDate.months.firstIndex(where: { Word($0) == name }),
      let date = CivilDate(year: year, month: month + 1, day: Int(day))
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
