import TestKit
import Testing

@testable import POP

@Suite struct POPParserTests {
  static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

  static let table: [(line: String, command: POPCommand)] = [
    ("USER alice@example.test", .user(text("alice@example.test"))),
    ("user alice", .user(text("alice"))), ("USER alice  ", .user(text("alice"))),
    ("USER", .malformed), ("USER ", .malformed), ("USER a b", .malformed),
    ("USER  a", .malformed), ("USER \u{e4}", .user(text("\u{e4}"))),
    ("PASS a b  c ", .pass(text("a b  c "))), ("PASS  ", .pass(text(" "))),
    ("PASS", .malformed), ("PASS ", .malformed), ("Pass x", .pass(text("x"))),
    ("AUTH plain", .auth(mechanism: "PLAIN", initialResponse: nil)),
    ("AUTH PLAIN =", .auth(mechanism: "PLAIN", initialResponse: text("="))),
    ("AUTH PLAIN AGEAYg==", .auth(mechanism: "PLAIN", initialResponse: text("AGEAYg=="))),
    ("AUTH", .malformed), ("AUTH ", .malformed), ("AUTH PLAIN a b", .malformed),
    ("AUTH PLAIN  a", .malformed), ("AUTH \u{e4}", .malformed),
    ("AUTH ABCDEFGHIJKLMNOPQRSTU", .malformed),
    ("STLS", .stls), ("stls ", .stls), ("STLS x", .malformed), ("UTF8", .utf8),
    ("UTF8 x", .malformed), ("CAPA", .capa), ("CAPA x", .malformed), ("STAT", .stat),
    ("STAT 1", .malformed), ("LIST", .list(nil)), ("LIST ", .list(nil)), ("LIST 1", .list(1)),
    ("LIST 1 ", .list(1)), ("LIST 1 2", .malformed), ("LIST 0", .list(0)),
    ("LIST -1", .malformed), ("LIST +1", .malformed), ("LIST 1a", .malformed),
    ("LIST 2147483648", .list(2_147_483_648)),
    ("LIST 18446744073709551615", .list(.max)), ("LIST 18446744073709551616", .malformed),
    ("LIST 99999999999999999999", .malformed), ("LIST 000000000000000000001", .malformed),
    ("UIDL", .uidl(nil)), ("uidl 7", .uidl(7)), ("UIDL x", .malformed),
    ("RETR 3", .retr(3)), ("RETR 0003", .retr(3)), ("RETR", .malformed), ("RETR ", .malformed),
    ("RETR -1", .malformed), ("RETR 1 2", .malformed), ("TOP 1 0", .top(1, lines: 0)),
    ("TOP 1 18446744073709551615", .top(1, lines: .max)), ("TOP 1", .malformed),
    ("TOP 1 -1", .malformed), ("TOP 1  2", .malformed), ("TOP 1 2 3", .malformed),
    ("DELE 1", .dele(1)), ("DELE", .malformed), ("RSET", .rset), ("NOOP", .noop),
    ("NOOP x", .malformed), ("QUIT", .quit), ("quit ", .quit), ("QUIT now", .malformed),
    ("APOP alice 0123456789abcdef", .unknown), ("", .unknown), (" STAT", .unknown),
    ("STATS", .unknown), ("HELP", .unknown), ("LAST", .unknown), ("\u{131}DLE", .unknown),
    ("GET / HTTP/1.1", .unknown), ("EHLO there", .unknown), ("LIST\t1", .unknown),
  ]

  @Test func everyLineIsReadAsItsCommand() {
    for (line, command) in Self.table {
      check(POPParser.parse(Self.text(line)), command, line)
    }
  }

  @Test(arguments: [1, 2, 3, 4]) func noLineTraps(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let lines = Self.table.map { Self.text($0.line) }
    var known = 0
    for _ in 0..<20_000 {
      var line = lines.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        let place = Int.random(in: 0...line.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: line.insert(UInt8.random(in: 0...255, using: &random), at: place)
        case 1: line.removeSubrange(place..<min(line.count, place + 3))
        case 2: line += lines.randomElement(using: &random) ?? []
        default: line.insert(contentsOf: [0x20, 0x39, 0x20], at: place)
        }
      }
      let command = POPParser.parse(line)
      if command != .unknown, command != .malformed { known += 1 }
      check(POPParser.parse(line + [0x20]) == command || line.isEmpty || changes(line), "\(line)")
    }
    check(known > 2_000, "commands are among them: \(known)")
  }

  /// Whether a space at the end may change what the line means: in a password, or behind a keyword
  /// that needs an argument.
  private func changes(_ line: [UInt8]) -> Bool {
    let keyword = String(decoding: line.prefix(4), as: UTF8.self).uppercased()
    return keyword == "PASS"
  }
}
