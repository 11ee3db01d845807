import MailFormat
import TestKit
import Testing

@testable import IMAP

@Suite struct SectionTests {
  private let nested: BodyStructure = {
    let text = BodyStructure(headerStart: 30, bodyStart: 40, bodyEnd: 50)
    let inner = BodyStructure(headerStart: 80, bodyStart: 95, bodyEnd: 110)
    let message = BodyStructure(
      media: .message, headerStart: 60, bodyStart: 80, bodyEnd: 110,
      content: .message(Envelope(), inner))
    return BodyStructure(
      media: MediaType(type: Array("multipart".utf8), subtype: Array("mixed".utf8)),
      bodyStart: 25, bodyEnd: 120, content: .multipart([text, message]))
  }()

  private func section(_ text: String) throws -> Section {
    var parser = Parser(Array("[\(text)] ".utf8))
    return try parser.section()
  }

  @Test func `sections are ranges of the message`() throws {
    let rows: [(String, SectionOctets)] = [
      ("", .stored(hasPrefix: true, body: 0..<120)),
      ("HEADER", .stored(hasPrefix: true, body: 0..<25)),
      ("TEXT", .stored(hasPrefix: false, body: 25..<120)),
      ("1", .stored(hasPrefix: false, body: 40..<50)),
      ("1.MIME", .stored(hasPrefix: false, body: 30..<40)),
      ("2", .stored(hasPrefix: false, body: 80..<110)),
      ("2.HEADER", .stored(hasPrefix: false, body: 80..<95)),
      ("2.TEXT", .stored(hasPrefix: false, body: 95..<110)),
      ("2.1", .stored(hasPrefix: false, body: 95..<110)),
      ("1.HEADER", .none), ("3", .none), ("1.2", .none), ("2.1.1.1.1", .none),
      (
        "HEADER.FIELDS (A)",
        .fields(hasPrefix: true, header: 0..<25, names: [[0x41]], areExcluded: false)
      ),
      (
        "2.HEADER.FIELDS.NOT (A)",
        .fields(hasPrefix: false, header: 80..<95, names: [[0x41]], areExcluded: true)
      ),
    ]
    for (text, octets) in rows {
      let section = try section(text)
      check(SectionOctets.locate(section, structure: nested, length: 120), octets, text)
    }
  }

  @Test func `a section is named in the answer as it was asked for`() throws {
    for text in [
      "", "HEADER", "TEXT", "1.2.3", "1.MIME", "4.HEADER.FIELDS (Date \"x y\")",
      "HEADER.FIELDS.NOT (Subject \"a]b\")",
    ] {
      let content = FetchContent(
        label: .body, section: try section(text),
        partial: FetchContent.Partial(origin: 7, count: 9), peeks: true)
      var writer = ResponseWriter()
      writer.contentName(content)
      check(String(decoding: writer.take(), as: UTF8.self), "BODY[\(text)]<7> ")
    }
  }

  @Test func `fields are picked as they stand`() {
    let header = HeaderBlock(Array("A: 1\r\nb: 2\r\n folded\r\nA: 3\r\nC: 4\r\n\r\nbody".utf8))
    let rows: [([String], Bool, String)] = [
      (["a"], false, "A: 1\r\nA: 3\r\n\r\n"),
      (["B", "c"], false, "b: 2\r\n folded\r\nC: 4\r\n\r\n"),
      (["a"], true, "b: 2\r\n folded\r\nC: 4\r\n\r\n"), (["x"], false, "\r\n"),
    ]
    for (names, areExcluded, text) in rows {
      let picked = header.picked(names.map { Array($0.utf8) }, areExcluded: areExcluded)
      check(String(decoding: picked, as: UTF8.self), text, "\(names)")
    }
    let cut = HeaderBlock(Array("A: 1".utf8)).picked([[0x41]], areExcluded: false)
    check(String(decoding: cut, as: UTF8.self), "A: 1\r\n\r\n")
  }

  @Test func `a partial range names what there is of it`() async throws {
    let rows: [(UInt32, UInt32, String)] = [
      (0, 3, "abc"), (2, 100, "cdef"), (6, 1, ""), (7, 1, ""), (.max, .max, ""),
      (0, .max, "abcdef"),
    ]
    for (origin, count, text) in rows {
      var stream = OctetStream(
        Array("abcdef".utf8), FetchContent.Partial(origin: origin, count: count))
      check(stream.length, UInt64(text.utf8.count), "\(origin).\(count)")
      check(try await stream.next(), Array(text.utf8), "\(origin).\(count)")
      check(try await stream.next(), [])
    }
  }
}
