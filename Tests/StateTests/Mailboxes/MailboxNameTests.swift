import Events
import TestKit
import Testing

@testable import State

@Suite struct MailboxNameTests {
  private func name(_ text: String) -> String? {
    do { return try MailboxName(text).text } catch { return nil }
  }

  @Test func namesAreCanonicalOrRefused() {
    let table: [(String, String?)] = [
      ("inbox", "INBOX"), ("Inbox/Lists", "INBOX/Lists"), ("Sent Items", "Sent Items"),
      ("R&D/[x]", "R&D/[x]"), ("a/b/", "a/b"), ("Entwu\u{308}rfe", "Entwürfe"),
      ("inboxes", "inboxes"), ("x/inbox", "x/inbox"), ("日本語", "日本語"), ("\"q\"", "\"q\""),
      ("", nil), ("/", nil), ("/etc", nil), ("a//b", nil), ("../../etc", nil), ("a/./b", nil),
      ("..\\x", nil), ("~fred", nil), ("a/~b", nil), ("#news", nil), ("a*", nil), ("a%b", nil),
      ("a\0b", nil), ("a\r\nb", nil), ("a\u{2028}b", nil), ("a\u{202E}b", nil), ("\u{7F}", nil),
      (String(repeating: "a", count: 201), nil), (String(repeating: "ab/", count: 21), nil),
      (Array(repeating: String(repeating: "x", count: 99), count: 5).joined(separator: "/"), nil),
    ]
    for (raw, expected) in table { check(name(raw), expected, raw) }
  }

  @Test func levelsAreFoundAndMoved() throws {
    let name = try MailboxName("a/b/c")
    check(name.parents.map(\.text), ["a", "a/b"])
    let moved = name.moved(from: try MailboxName("a"), to: try MailboxName("z/y"))
    check(moved?.text, "z/y/b/c")
    check(name.moved(from: try MailboxName("a/b/c"), to: try MailboxName("z")) == nil, "not inside")
    check(try MailboxName("ab/c").moved(from: try MailboxName("a"), to: name) == nil, "ab is not a")
  }
}
