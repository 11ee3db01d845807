/// Reads one command line, its CRLF removed. RFC 5321 §4.1.2
///
///     mail = "MAIL FROM:" Reverse-path [SP Mail-parameters]
///     rcpt = "RCPT TO:" ( Forward-path ) [SP Rcpt-parameters]
///
/// Tolerates a space behind the colon, as many clients of appliances send one.
struct SMTPParser {
  let line: [UInt8]
  var index = 0

  init(_ line: [UInt8]) { self.line = line }

  var isAtEnd: Bool { index == line.count }
  var next: UInt8? { index < line.count ? line[index] : nil }

  mutating func take(_ octet: UInt8) -> Bool {
    guard index < line.count, line[index] == octet else { return false }
    index += 1
    return true
  }

  /// Takes letters, case ignored; leaves the place unchanged where they do not stand.
  mutating func take(word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard line.count - index >= count else { return false }
    let matches = word.withUTF8Buffer { letters in
      for offset in 0..<count
      where Octet.uppercased(line[index + offset]) != (unsafe letters[offset]) {
        return false
      }
      return true
    }
    if matches { index += count }
    return matches
  }

  mutating func skipSpaces() {
    while index < line.count, line[index] == 0x20 || line[index] == 0x09 { index += 1 }
  }

  /// The octets up to a space, or all that are left.
  mutating func takeWord() -> [UInt8] {
    let start = index
    while index < line.count, line[index] != 0x20 { index += 1 }
    return octets(start, index)
  }

  func octets(_ from: Int, _ to: Int) -> [UInt8] { Array(line[from..<to]) }

  /// A number of at most 20 digits that fits 64 bits. RFC 1870 §4
  mutating func takeNumber() -> UInt64? {
    let start = index
    var value: UInt64 = 0
    while index < line.count, Octet.isDigit(line[index]) {
      let (times, overflowed) = value.multipliedReportingOverflow(by: 10)
      let (sum, carried) = times.addingReportingOverflow(UInt64(line[index] - 0x30))
      guard !overflowed, !carried else { return nil }
      value = sum
      index += 1
    }
    return index > start ? value : nil
  }
}
