extension MailDate {
  /// Parses the value of a `Date` field, folded or not; nil if it names no moment.
  ///
  ///     date-time = [day-name ","] day month year hour ":" minute [":" second] zone
  ///
  /// RFC 5322 §3.3, with the comments, two-digit years and zone names of §4.3. The name of the day
  /// is not checked; a missing or unknown zone is taken as UTC; second 60 counts as 59.
  public init?(field value: [UInt8]) {
    var lexer = FieldLexer(value)
    lexer.skipBlanks()
    if lexer.peek?.isLetter == true {
      _ = lexer.run(where: \.isLetter)
      lexer.skipBlanks()
      _ = lexer.take(.comma)
    }
    guard let day = MailDate.number(&lexer, digits: 1...2) else { return nil }
    MailDate.skipDash(&lexer)
    guard let month = CalendarNames.month(named: lexer.run(where: \.isLetter)) else { return nil }
    MailDate.skipDash(&lexer)
    lexer.skipBlanks()
    let yearStart = lexer.index
    guard let number = MailDate.number(&lexer, digits: 2...4) else { return nil }
    let year = MailDate.fullYear(number, digits: lexer.index - yearStart)
    guard let date = CivilDay(year: year, month: month, day: day),
      let second = MailDate.time(&lexer)
    else { return nil }
    lexer.skipBlanks()
    let zone = MailDate.zone(&lexer)
    let local = Int64(date.number) * 86_400 + Int64(second)
    self.init(
      seconds: local - Int64(zone ?? 0) * 60, offsetMinutes: zone ?? 0, isZoneKnown: zone != nil)
  }

  /// `hour ":" minute [":" second]` as a second of the day.
  private static func time(_ lexer: inout FieldLexer) -> Int? {
    guard let hour = number(&lexer, digits: 1...2), hour < 24 else { return nil }
    lexer.skipBlanks()
    guard lexer.take(.colon), let minute = number(&lexer, digits: 1...2), minute < 60 else {
      return nil
    }
    lexer.skipBlanks()
    guard lexer.take(.colon) else { return hour * 3600 + minute * 60 }
    guard let second = number(&lexer, digits: 1...2), second <= 60 else { return nil }
    return hour * 3600 + minute * 60 + min(second, 59)
  }

  /// Two digits below 50 are in this century, others with two or three in the last.
  /// RFC 5322 §4.3
  private static func fullYear(_ number: Int, digits: Int) -> Int {
    switch digits {
    case 2: number < 50 ? number + 2000 : number + 1900
    case 3: number + 1900
    default: number
    }
  }

  /// The minutes east of UTC, or nil where the zone says nothing. RFC 5322 §3.3, §4.3
  private static func zone(_ lexer: inout FieldLexer) -> Int? {
    guard let sign = lexer.peek, sign == .dash || sign == UInt8(ascii: "+") else {
      return zone(named: lexer.run(where: \.isLetter))
    }
    lexer.advance()
    let digits = lexer.run(where: \.isDigit)
    guard digits.count == 4 else { return nil }
    let number = digits.reduce(0) { $0 * 10 + Int($1 &- 48) }
    guard number % 100 < 60, !(number == 0 && sign == .dash) else { return nil }
    let minutes = number / 100 * 60 + number % 100
    return sign == .dash ? -minutes : minutes
  }

  private static func zone(named name: [UInt8]) -> Int? {
    switch String(decoding: name.lowercased, as: UTF8.self) {
    case "gmt", "ut", "utc", "z": 0
    case "edt": -240
    case "est", "cdt": -300
    case "cst", "mdt": -360
    case "mst", "pdt": -420
    case "pst": -480
    // The letters of the military zones were used with both signs. RFC 5322 §4.3
    default: nil
    }
  }

  private static func skipDash(_ lexer: inout FieldLexer) {
    lexer.skipBlanks()
    if lexer.take(.dash) { lexer.skipBlanks() }
  }

  private static func number(_ lexer: inout FieldLexer, digits: ClosedRange<Int>) -> Int? {
    lexer.skipBlanks()
    let run = lexer.run(where: \.isDigit)
    guard digits.contains(run.count) else { return nil }
    return run.reduce(0) { $0 * 10 + Int($1 &- 48) }
  }
}
