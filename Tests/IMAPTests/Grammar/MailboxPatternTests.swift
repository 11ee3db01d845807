import TestKit
import Testing

@testable import IMAP

@Suite struct MailboxPatternTests {
  @Test func `patterns describe names`() {
    let rows: [(pattern: String, name: String, matches: Bool)] = [
      ("*", "INBOX", true), ("%", "INBOX", true), ("%", "a/b", false), ("*", "a/b", true),
      ("", "", true), ("", "a", false), ("a", "a", true), ("a", "A", false), ("a*", "a", true),
      ("a%", "a/b", false), ("a/%", "a/b", true), ("a/%", "a/b/c", false), ("a/*", "a/b/c", true),
      ("%/%", "a/b", true), ("%/%", "a", false), ("*b", "ab/b", true), ("%*%*%*%*", "x/y/z", true),
      ("*a%b*", "xa/b", false), ("*a%b*", "xa/ayb/z", true), ("%%", "a/b", false),
      ("*%", "a/b", true), ("%*", "a/b", true), ("a%c%e", "abcde", true),
      ("a%c%e", "abcd/e", false), ("/%", "/a", true), ("*/", "a/", true), ("*/", "a", false),
    ]
    for row in rows {
      let pattern = MailboxPattern(Array(row.pattern.utf8))
      check(pattern.matches(row.name.utf8), row.matches, "\(row.pattern) on \(row.name)")
    }
    check(MailboxPattern(Array("inb%".utf8), ignoresCase: true).matches("INBOX".utf8), true, "inb%")
  }

  @Test func `matching agrees with the definition`() {
    var random = Seeded(3)
    for _ in 0..<20_000 {
      let pattern = random.word("ab/%*", atMost: 8)
      let name = random.word("ab/", atMost: 10)
      check(
        MailboxPattern(pattern).matches(name), defined(pattern[...], name[...]),
        String(decoding: pattern + [0x20] + name, as: UTF8.self))
    }
  }

  /// Long patterns cross the words in which places are kept.
  @Test func `long patterns match long names`() {
    let name = Array(repeating: UInt8(ascii: "a"), count: 400)
    var pattern = Array(repeating: [UInt8(ascii: "a"), UInt8(ascii: "*")], count: 400).flatMap {
      $0
    }
    check(MailboxPattern(pattern).matches(name), true, "as many")
    pattern += [UInt8(ascii: "a")]
    check(MailboxPattern(pattern).matches(name), false, "one more")
    check(MailboxPattern(Array(repeating: 0x2A, count: 5_000)).matches(name), false, "too long")
    for length in 60...70 {
      let exact = Array(repeating: UInt8(ascii: "a"), count: length)
      check(MailboxPattern(exact).matches(exact), true, "\(length)")
      check(MailboxPattern(exact + [0x25]).matches(exact), true, "\(length)%")
      check(MailboxPattern([0x25] + exact).matches(exact), true, "%\(length)")
    }
  }

  private func defined(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
    guard let first = pattern.first else { return name.isEmpty }
    switch first {
    case 0x2A, 0x25:
      if defined(pattern.dropFirst(), name) { return true }
      guard let octet = name.first, first == 0x2A || octet != 0x2F else { return false }
      return defined(pattern, name.dropFirst())
    default: return name.first == first && defined(pattern.dropFirst(), name.dropFirst())
    }
  }
}

extension Seeded {
  mutating func word(_ alphabet: StaticString, atMost length: Int) -> [UInt8] {
    let octets = Array(alphabet.description.utf8)
    return (0..<Int.random(in: 0...length, using: &self)).map { _ in
      octets[Int.random(in: 0..<octets.count, using: &self)]
    }
  }
}
