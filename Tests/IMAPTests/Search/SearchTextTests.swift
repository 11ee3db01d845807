import TestKit
import Testing

@testable import IMAP

@Suite struct SearchTextTests {
  @Test func `text compares without case`() {
    let rows: [(haystack: String, needle: String, isFound: Bool)] = [
      ("Hello World", "o wO", true), ("Hello", "Hellos", false), ("", "", true), ("x", "", true),
      ("aabaabaaab", "aabaaa", true), ("ÄPFEL", "äpfel", true), ("e\u{301}t\u{e9}", "ÉTÉ", true),
      ("STRASSE", "stra", true), ("日本語", "本", true), ("日本語", "木", false),
    ]
    for row in rows {
      var matcher = SubstringMatcher(folded: FoldedText.fold(Array(row.needle.utf8)))
      matcher.feed(FoldedText.fold(Array(row.haystack.utf8)))
      check(matcher.isFound, row.isFound, "\(row.needle) in \(row.haystack)")
    }
  }

  @Test func `a match may be spread over pieces but not over texts`() {
    var matcher = SubstringMatcher(folded: Array("abcabd".utf8))
    for piece in ["xabc", "a", "", "bcab"] { matcher.feed(piece.utf8) }
    check(matcher.isFound, false)
    matcher.endOfText()
    matcher.feed("d".utf8)
    check(matcher.isFound, false)
    for piece in ["abca", "bcabd"] { matcher.feed(piece.utf8) }
    check(matcher.isFound, true)
  }

  @Test func `matching agrees with the definition`() {
    var random = Seeded(9)
    for _ in 0..<20_000 {
      let needle = random.word("ab", atMost: 6)
      let haystack = random.word("ab", atMost: 20)
      var matcher = SubstringMatcher(folded: needle)
      matcher.feed(haystack)
      let expected = (0...haystack.count).contains { haystack[$0...].starts(with: needle) }
      check(matcher.isFound, expected, "\(needle) in \(haystack)")
    }
  }

  /// RFC 2045 §6.7 and §6.8, fed whole and octet by octet.
  @Test func `transfer encodings are undone`() {
    let rows: [(encoding: String, encoded: String, text: String)] = [
      ("base64", "SGVs\r\nbG8=\r\n", "Hello"), ("base64", "SGVsbG8", "Hello"),
      ("base64", "SGk=SGk=", "HiHi"),
      ("quoted-printable", "Caf=C3=A9 =\r\nau lait", "Café au lait"),
      ("quoted-printable", "a=  \r\nb", "ab"), ("quoted-printable", "a=zz", "a=zz"),
      ("quoted-printable", "a=4", "a"), ("quoted-printable", "1=3d2", "1=2"),
      ("quoted-printable", "a=\nb", "ab"), ("7bit", "a=3D", "a=3D"), ("x-foo", "YQ==", "YQ=="),
    ]
    for row in rows {
      let encoding = TransferDecoder.Encoding(Array(row.encoding.utf8))
      var whole = TransferDecoder(encoding)
      check(whole.decode(Array(row.encoded.utf8)), Array(row.text.utf8), row.encoded)
      var piecewise = TransferDecoder(encoding)
      let pieces = row.encoded.utf8.flatMap { piecewise.decode([$0]) }
      check(pieces, Array(row.text.utf8), row.encoded)
    }
  }
}
