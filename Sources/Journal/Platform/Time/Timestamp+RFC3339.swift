extension Timestamp: CustomStringConvertible {
  /// The moment in UTC with microseconds, such as `2026-11-23T10:11:12.123456Z`. RFC 3339 §5.6
  ///
  /// A year outside 0 to 9999 is written with its sign and as many digits as it needs.
  public var description: String {
    let fraction = Int(microsecondOfSecond)
    let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    let second = Int(seconds - days * 86_400)
    let date = CalendarDay(daysSince1970: Int(days))
    var text: [UInt8] = []
    text.reserveCapacity(27)
    if date.year < 0 || date.year > 9999 {
      text.append(contentsOf: "\(date.year < 0 ? "" : "+")\(date.year)".utf8)
    } else {
      Self.append(date.year, digits: 4, to: &text)
    }
    let parts = [
      ("-", date.month, 2), ("-", date.day, 2), ("T", second / 3600, 2),
      (":", second / 60 % 60, 2), (":", second % 60, 2), (".", fraction, 6),
    ]
    for (separator, value, digits) in parts {
      text.append(contentsOf: separator.utf8)
      Self.append(value, digits: digits, to: &text)
    }
    text.append(UInt8(ascii: "Z"))
    return String(decoding: text, as: UTF8.self)
  }

  private static func append(_ value: Int, digits: Int, to text: inout [UInt8]) {
    var scale = 1
    for _ in 1..<digits { scale *= 10 }
    while scale > 0 {
      text.append(UInt8(ascii: "0") + UInt8(value / scale % 10))
      scale /= 10
    }
  }

  /// The moment of an RFC 3339 text with any offset; nil where it is none.
  ///
  /// Digits beyond the microsecond are dropped. A leap second counts as the second after it.
  public init?(rfc3339 text: some StringProtocol) {
    var reader = DigitReader(text: [UInt8](text.utf8))
    guard let year = reader.number(4), reader.take("-"), let month = reader.number(2),
      reader.take("-"), let day = reader.number(2), reader.take("T") || reader.take("t"),
      let hour = reader.number(2), reader.take(":"), let minute = reader.number(2),
      reader.take(":"), let second = reader.number(2),
      let date = CalendarDay(year: year, month: month, day: day),
      hour < 24, minute < 60, second <= 60
    else { return nil }
    guard let fraction = reader.take(".") ? reader.microseconds() : 0 else { return nil }
    guard let offset = reader.offsetSeconds(), reader.isAtEnd else { return nil }
    let clock = date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second - offset
    self.init(microseconds: Int64(clock) * 1_000_000 + Int64(fraction))
  }
}

/// A place in a text of digits and separators, moved on by what is taken.
private struct DigitReader {
  let text: [UInt8]
  var next = 0

  var isAtEnd: Bool { next == text.count }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next < text.count, text[next] == UInt8(ascii: character) else { return false }
    next += 1
    return true
  }

  mutating func digit() -> Int? {
    guard next < text.count, (48...57).contains(text[next]) else { return nil }
    next += 1
    return Int(text[next - 1]) - 48
  }

  mutating func number(_ digits: Int) -> Int? {
    var value = 0
    for _ in 0..<digits {
      guard let digit = digit() else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  /// time-secfrac = "." 1*DIGIT
  mutating func microseconds() -> Int? {
    guard var value = digit() else { return nil }
    var digits = 1
    while let digit = digit() {
      if digits < 6 { value = value * 10 + digit }
      digits += 1
    }
    while digits < 6 {
      value *= 10
      digits += 1
    }
    return value
  }

  /// time-offset = "Z" / ("+" / "-") time-hour ":" time-minute
  mutating func offsetSeconds() -> Int? {
    if take("Z") || take("z") { return 0 }
    let isWest = take("-")
    guard isWest || take("+"), let hour = number(2), take(":"), let minute = number(2),
      hour < 24, minute < 60
    else { return nil }
    return (isWest ? -1 : 1) * (hour * 3600 + minute * 60)
  }
}
