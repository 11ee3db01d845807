import Events
import TestKit
import Testing

@testable import State

/// One canonical form per domain name and local part, and a whitelist of what can be registered.
@Suite struct NamesTests {
  private func domain(_ text: String) -> String? {
    do { return try DomainName(text).text } catch { return nil }
  }

  private func registered(_ text: String) -> String? {
    do { return try LocalPart.registering(text).description } catch { return nil }
  }

  @Test func aDomainHasOneName() {
    let table: [(String, String?)] = [
      ("Example.COM", "example.com"), ("example.com.", "example.com"), ("mx.test", "mx.test"),
      ("localhost", "localhost"), ("BÜCHER.example", "xn--bcher-kva.example"),
      ("bu\u{308}cher.example", "xn--bcher-kva.example"),
      ("XN--BCHER-KVA.example", "xn--bcher-kva.example"), ("straße.de", "xn--strae-oqa.de"),
      ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
      ("", nil), (".", nil), ("a..b", nil), (".a", nil), ("-a.b", nil), ("a-.b", nil),
      ("a_b.c", nil), ("a b.c", nil), ("a/b.c", nil), ("../../etc", nil), ("1.2.3.4", nil),
      ("ab--cd.e", nil), ("xn--zzzzzzzz99999.e", nil), ("xn--abc-.e", nil),
      ("gооgle.com", nil),  // Cyrillic о
      ("a\u{200D}b.com", nil), ("ｅxample.com", nil), ("a\0b.com", nil),
      (String(repeating: "a", count: 64) + ".b", nil),
      (Array(repeating: "abcdefg", count: 32).joined(separator: "."), nil),
    ]
    for (raw, expected) in table { check(domain(raw), expected, raw) }
  }

  @Test func aLocalPartHasOneForm() {
    let table: [(String, String?)] = [
      ("Bob", "bob"), ("JÜRGEN", "jürgen"), ("ju\u{308}rgen", "jürgen"), ("İ", "i\u{307}"),
      ("ı", "ı"), ("ß", "ß"), ("K", "k"), ("", nil), (String(repeating: "x", count: 65), nil),
    ]
    for (raw, expected) in table { check(LocalPart(raw)?.description, expected, raw) }
    check(LocalPart([0x62, 0xFF]) == nil, "bytes that are not UTF-8 name nobody")
  }

  @Test func canonicalFormsAreStable() {
    for value in UInt32(0x80)...0x2FFFF {
      guard let scalar = Unicode.Scalar(value), let once = LocalPart(String(scalar)) else {
        continue
      }
      guard LocalPart(once.bytes) != once else { continue }
      Issue.record("U+\(String(value, radix: 16)) has two canonical forms")
    }
  }

  @Test func onlyPlainNamesAreRegistered() {
    let table: [(String, String?)] = [
      ("Anna.Maria", "anna.maria"), ("o'neill", "o'neill"), ("a_b-c", "a_b-c"), ("日本", "日本"),
      ("admin", "admin"), ("x", "x"),
      ("аdmin", nil),  // Cyrillic а
      ("../../etc", nil), ("..\\x", nil), ("%2e%2e/", nil), ("a\0", nil), ("~root", nil),
      ("/", nil), (".a", nil), ("a.", nil), ("a..b", nil), ("a+b", nil), ("a b", nil),
      ("a@b", nil), ("\"a\"", nil), ("a\u{200B}b", nil), ("a\u{202E}b", nil), ("ａdmin", nil),
      ("\u{1D41A}dmin", nil), ("ﬁ", nil), ("a\r\nb", nil), ("&AC4ALgAv-x", nil),
    ]
    for (raw, expected) in table { check(registered(raw), expected, raw) }
  }

  @Test func plusAddressesAndLookalikesAreSeen() {
    let plus = LocalPart("bob+Lists/swift")?.plusAddress
    check(plus?.user, LocalPart("bob"))
    check(plus?.detail, "lists/swift")
    check(LocalPart("+x")?.plusAddress == nil, "nobody stands before the plus")
    check(LocalPart("асе")?.lookalike, LocalPart("ace"))
    check(LocalPart("ace")?.lookalike, nil)
    check(LocalPart("жук")?.lookalike, nil)
  }
}
