import MailFormat
import TestKit
import Testing

/// The octets that IMAP's sections name. RFC 3501 §6.4.5
@Suite struct SectionTests {
  static let message = [UInt8](
    """
    Subject: outer
    Content-Type: multipart/mixed; boundary=b

    --b
    X: 1

    one
    --b
    Content-Type: message/rfc822

    Subject: inner
    Content-Type: multipart/alternative; boundary=c

    --c

    deep
    --c
    Content-Type: message/rfc822

    Subject: leaf

    leaf
    --c--
    --b--
    """)

  static let table: [(path: [UInt32], piece: BodyStructure.Piece, expected: String?)] = [
    ([], .header, "Subject: outer\nContent-Type: multipart/mixed; boundary=b\n\n"),
    ([], .mime, nil),
    ([1], .whole, "one"), ([1], .mime, "X: 1\n\n"), ([1], .header, nil), ([1], .text, nil),
    ([1, 1], .whole, nil), ([3], .whole, nil), ([0], .whole, nil), ([.max], .whole, nil),
    ([2], .mime, "Content-Type: message/rfc822\n\n"),
    ([2], .header, "Subject: inner\nContent-Type: multipart/alternative; boundary=c\n\n"),
    ([2, 1], .whole, "deep"), ([2, 1], .mime, "\n"),
    ([2, 2], .whole, "Subject: leaf\n\nleaf"), ([2, 2], .header, "Subject: leaf\n\n"),
    ([2, 2], .text, "leaf"), ([2, 2, 1], .whole, "leaf"), ([2, 2, 1], .mime, "Subject: leaf\n\n"),
    ([2, 2, 1, 1], .whole, nil), ([2, 2, 2], .whole, nil), ([2, 3], .whole, nil),
  ]

  @Test func sectionsAreByteRanges() {
    let structure = MessageScanner.scan(SectionTests.message.span).structure
    for (path, piece, expected) in SectionTests.table {
      let range = structure.octets(path: path, piece)
      let text = range.map {
        Array(SectionTests.message[Int($0.lowerBound)..<Int($0.upperBound)]).text
      }
      check(text, expected, "\(path) \(piece)")
    }
    let whole = structure.octets(path: [], .whole)
    check(whole, 0..<UInt64(SectionTests.message.count), "everything")
  }

  @Test func aMessageOfOnePartIsItsPartOne() {
    let text = "Subject: x\n\nbody"
    let structure = MessageScanner.scan([UInt8](text).span).structure
    check(structure.octets(path: [1], .whole), 12..<16, "part 1")
    check(structure.octets(path: [1, 1], .whole), nil, "part 1.1")
    let wrapped = MessageScanner.scan([UInt8]("Content-Type: message/rfc822\n\n\(text)").span)
    check(wrapped.structure.octets(path: [1], .header), 30..<42, "the header of the message in it")
    check(wrapped.structure.octets(path: [1, 1], .whole), 42..<46, "part 1.1")
    check(wrapped.structure.octets(path: [1, 1, 1], .whole), nil, "part 1.1.1")
  }
}
