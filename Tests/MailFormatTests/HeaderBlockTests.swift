import MailFormat
import TestKit
import Testing

/// Headers taken apart. RFC 5322 §2.2
@Suite struct HeaderBlockTests {
  /// A header; its fields as `name=value`; the octets of the header and of its stray lines.
  static let table: [(header: String, fields: [String], length: Int, strays: Int)] = [
    ("", [], 0, 0), ("\r\n", [], 2, 0), ("\nA: b\n", [], 1, 0),
    ("A: b\r\n\r\nC: d\r\n", ["A=b"], 8, 0),
    ("A: b\nC:d\n\n", ["A=b", "C=d"], 10, 0),
    ("A: b", ["A=b"], 4, 0), ("A: b\r\n c\r\n\td\r\n", ["A=b c\td"], 14, 0),
    ("A: b\r", ["A=b"], 5, 0),
    ("A \t: b\r\n", ["A=b"], 8, 0), ("A:\r\n", ["A="], 4, 0), ("A:b:c\r\n", ["A=b:c"], 7, 0),
    (" x\r\nA: b\r\n", ["A=b"], 10, 4), ("x\r\n y\r\nA: b\r\n", ["A=b"], 13, 7),
    ("A b: c\r\n", [], 8, 8), (": c\r\n", [], 5, 5), ("Ä: c\r\n", [], 7, 7),
    ("A: b\r\n \r\n c\r\n\r\nx", ["A=b  c"], 15, 0),
    ("A: b\rc\r\n", ["A=b c"], 8, 0),
  ]

  @Test func everyLineIsAccountedFor() {
    for (text, fields, length, strays) in HeaderBlockTests.table {
      let header = HeaderBlock([UInt8](text))
      let found = header.fields.map { field in
        Array(header.bytes[field.name]).text + "=" + header.value(field).text
      }
      check(found, fields, text)
      check(header.length, length, "length of \(text)")
      check(header.strays, strays, "strays of \(text)")
    }
  }

  @Test func fieldsAreFoundInWhateverCase() {
    let header = HeaderBlock([UInt8]("X: 1\r\nSUBJECT: a\r\nsubject: b\r\n\r\n"))
    check(header.value("Subject")?.text, "a", "the first")
    check(header.value("Subjec"), nil, "a prefix")
    check(header.first("x")?.lines, 0..<6, "the lines of a field")
  }

  @Test func identifiersAreListed() {
    let table: [(String, [String])] = [
      ("<a@b>", ["a@b"]), (" <a@b>\r\n\t<c@d> (<x@y>) and <e@f>", ["a@b", "c@d", "e@f"]),
      ("<>", []), ("<a@b", []), ("a@b", []), ("<<a@b>>", ["a@b"]), ("\"<a@b>\" <c@ d>", ["c@d"]),
      ("<a@b><c@d>", ["a@b", "c@d"]), ("<a\0\r\nb>", ["ab"]),
    ]
    for (value, expected) in table {
      check(MessageIdentifier.list([UInt8](value)).map(\.octets.text), expected, value)
    }
    let made = MessageIdentifier(time: 0x10, random: .max, host: [UInt8]("mx>\r\n.test"))
    check(made.bracketed.text, "<0000000000000010.ffffffffffffffff@mx---.test>", "made")
    check(MessageIdentifier.list(made.bracketed), [made], "made and read")
  }
}
