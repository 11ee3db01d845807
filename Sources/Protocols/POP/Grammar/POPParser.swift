/// Reads the command in one line without its CRLF. RFC 1939 §3, RFC 2449 §4
///
/// Keywords in any case, arguments after single spaces; spaces at the end are forgiven, but not in
/// a password, of which they are a part.
struct POPParser {
  private let line: ArraySlice<UInt8>

  private init(_ line: ArraySlice<UInt8>) { self.line = line }

  static func parse(_ line: [UInt8]) -> POPCommand {
    let end = line.firstIndex(of: space) ?? line.endIndex
    guard end <= longestKeyword else { return .unknown }
    let keyword = String(decoding: line[..<end], as: UTF8.self).uppercased()
    let parser = POPParser(end < line.endIndex ? line[(end + 1)...] : [])
    return parser.command(keyword, isBare: end == line.endIndex) ?? .malformed
  }

  private static let space = UInt8(ascii: " ")
  private static let longestKeyword = 4

  /// Nil where the arguments are not the command's.
  private func command(_ keyword: String, isBare: Bool) -> POPCommand? {
    switch keyword {
    case "USER": word.map(POPCommand.user)
    // The password is all that follows, spaces included. RFC 1939 §7
    case "PASS": line.isEmpty ? nil : .pass(Array(line))
    case "AUTH": auth
    case "STLS": bare(.stls)
    case "UTF8": bare(.utf8)
    case "CAPA": bare(.capa)
    case "STAT": bare(.stat)
    case "LIST": isBlank ? .list(nil) : number.map(POPCommand.list)
    case "UIDL": isBlank ? .uidl(nil) : number.map(POPCommand.uidl)
    case "RETR": number.map(POPCommand.retr)
    case "TOP": top
    case "DELE": number.map(POPCommand.dele)
    case "RSET": bare(.rset)
    case "NOOP": bare(.noop)
    case "QUIT": bare(.quit)
    default: .unknown
    }
  }

  private var isBlank: Bool { line.allSatisfy { $0 == Self.space } }

  private func bare(_ command: POPCommand) -> POPCommand? { isBlank ? command : nil }

  /// The arguments; nil where two spaces or more stand between two of them.
  private var words: [ArraySlice<UInt8>]? {
    var trimmed = line
    while trimmed.last == Self.space { trimmed.removeLast() }
    let words = trimmed.split(separator: Self.space, omittingEmptySubsequences: false)
    return words.contains(where: \.isEmpty) ? nil : words
  }

  private var word: [UInt8]? {
    guard let words, words.count == 1 else { return nil }
    return Array(words[0])
  }

  private var number: UInt64? { word.flatMap { Self.number($0[...]) } }

  // "TOP" SP msg SP n
  private var top: POPCommand? {
    guard let words, words.count == 2, let message = Self.number(words[0]),
      let lines = Self.number(words[1])
    else { return nil }
    return .top(message, lines: lines)
  }

  // "AUTH" SP mechanism [SP initial-response]
  private var auth: POPCommand? {
    guard let words, (1...2).contains(words.count), words[0].count <= 20,
      words[0].allSatisfy({ (0x21..<0x7f).contains($0) })
    else { return nil }
    return .auth(
      mechanism: String(decoding: words[0], as: UTF8.self).uppercased(),
      initialResponse: words.count == 2 ? Array(words[1]) : nil)
  }

  /// Digits only, at most 64 bits.
  private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
    guard !digits.isEmpty, digits.count <= 20 else { return nil }
    var value: UInt64 = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      let (times, overflowed) = value.multipliedReportingOverflow(by: 10)
      let (sum, carried) = times.addingReportingOverflow(UInt64(digit - 0x30))
      guard !overflowed, !carried else { return nil }
      value = sum
    }
    return value
  }
}
