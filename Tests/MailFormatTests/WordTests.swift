import MailFormat
import TestKit
import Testing

/// Encoded words and character sets. RFC 2047
@Suite struct WordTests {
  static let table: [(value: String, text: String)] = [
    ("plain", "plain"), ("", ""),
    ("=?utf-8?q?Caf=C3=A9?=", "Café"),
    ("=?UTF-8?Q?Caf=c3=a9?=", "Café"),
    ("=?utf-8?B?Q2Fmw6k=?=", "Café"),
    ("=?iso-8859-1?q?Caf=E9_au_lait?=", "Café au lait"),
    ("=?ISO-8859-15?Q?=A4=A6=BE?=", "€ŠŸ"),
    ("=?windows-1252?q?=80=85=9F?=", "€…Ÿ"),
    ("=?us-ascii?q?a=E9?=", "a\u{FFFD}"),
    ("=?utf-8*en?q?Hi?=", "Hi"),
    // Blanks between words vanish, others stay. RFC 2047 §6.2
    ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"), ("=?utf-8?q?a?=\r\n =?latin1?q?=E9?=", "aé"),
    ("=?utf-8?q?a?= b", "a b"), ("a =?utf-8?q?b?=", "a b"), ("(=?utf-8?q?a?=)", "(a)"),
    ("=?utf-8?q?a_?= =?utf-8?q?b?=", "a b"),
    // A character cut in two by a mailer.
    ("=?utf-8?q?Caf=C3?= =?utf-8?q?=A9?=", "Café"), ("=?utf-8?b?ww==?= =?utf-8?b?qQ==?=", "é"),
    // What is no word stays.
    ("=?", "=?"), ("=?utf-8", "=?utf-8"), ("=?utf-8?", "=?utf-8?"), ("=?utf-8?q?", "=?utf-8?q?"),
    ("=?utf-8?q?abc", "=?utf-8?q?abc"), ("=?utf-8?q?abc?", "=?utf-8?q?abc?"),
    ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="), ("=?klingon?q?abc?=", "=?klingon?q?abc?="),
    ("=?utf-8?q?a?b?=", "=?utf-8?q?a?b?="), ("=?=?utf-8?q?a?=", "=?a"), ("?==?utf-8?q?a?=", "?=a"),
    // What mailers do wrong is understood.
    ("=?utf-8?q?a b?=", "a b"), ("=?utf-8?b?Q2 Fm w6k?=", "Café"),
    ("=?utf-8?q?=C3=A?=", "\u{FFFD}=A"),
    ("=?utf-8?q??=", ""),
    // Nothing that comes out of a word breaks the line.
    ("=?utf-8?q?a=0D=0ABcc:_x=00?=", "a  Bcc: x "),
    ("=?utf-8?q?=FF?=", "\u{FFFD}"),
  ]

  @Test func everyFormIsDecoded() {
    for (value, text) in WordTests.table {
      check(EncodedWords.decode(Unfolding.unfold([UInt8](value))).text, text, value)
    }
  }

  /// All octets of the built-in sets come out as valid UTF-8.
  @Test func charactersAreConverted() {
    let all = [UInt8](0...255)
    for name in ["utf-8", "us-ascii", "latin1", "latin9", "cp1252"] {
      let text = Charset(name: [UInt8](name))?.utf8(all) ?? []
      check([UInt8](text.text), text, "\(name) is valid UTF-8")
      check(text.starts(with: 0..<128), "ASCII in \(name)")
    }
    check(Charset(name: [UInt8]("koi8-r")), nil, "a set that is not built in")
  }

  /// Any text comes back from a composed field, and every word and line is short enough.
  @Test func composedTextReadsTheSame() {
    var random = SeededRandom(seed: 2047)
    let scalars = "aZ09 =?_.,\"()<>@:;/\\!*+-ßéñÿ€中文😀\u{301}".unicodeScalars.map { $0 }
    for round in 0..<3000 {
      let length = Int.random(in: 0...200, using: &random)
      var text = ""
      for _ in 0..<length {
        text.unicodeScalars.append(scalars[Int.random(in: 0..<scalars.count, using: &random)])
      }
      var composer = HeaderComposer()
      composer.add("Subject", text: [UInt8](text))
      let value = HeaderBlock(composer.octets).value("Subject") ?? []
      let expected = Unfolding.unfold([UInt8](text)).text
      check(EncodedWords.decode(value).text, expected, "round \(round): \(composer.octets.text)")
      for line in composer.octets.text.utf8.split(separator: 10) {
        check(line.count <= 77, "round \(round): a line of \(line.count)")
      }
    }
  }
}
