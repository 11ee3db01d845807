import MailFormat
import TestKit
import Testing

@testable import IMAP

@Suite struct ResponseWriterTests {
  /// I2: whatever a value holds, it is read back as one value and ends no line.
  @Test func `ten thousand random strings survive the way to the client`() {
    var random = Seeded(5)
    for round in 0..<10_000 {
      let value = random.octets(length: Int.random(in: 0...40, using: &random))
      var writer = ResponseWriter()
      writer.string(value)
      writer.space()
      writer.astring(value)
      writer.endLine()
      let expected = value.map { $0 == 0 ? 0x20 : $0 }
      do {
        var parser = Parser(writer.take())
        check(try parser.string(), expected, "round \(round)")
        try parser.space()
        check(try parser.astring(), expected, "round \(round)")
        try parser.end()
      } catch { check(false, "round \(round): \(error)") }
    }
  }

  @Test func `random mailbox names are one argument`() {
    var random = Seeded(6)
    for round in 0..<10_000 {
      let name = random.text(length: Int.random(in: 1...20, using: &random))
      var writer = ResponseWriter()
      writer.mailbox(name)
      writer.endLine()
      do {
        var parser = Parser(writer.take())
        check(ModifiedUTF7.decode(try parser.astring()), name, "round \(round)")
        try parser.end()
      } catch { check(false, "round \(round): \(error)") }
    }
  }

  @Test func `random keywords cannot leave the list of flags`() {
    var random = Seeded(7)
    for round in 0..<10_000 {
      let keywords = (0..<4).map { _ in
        random.text(length: Int.random(in: 1...6, using: &random))
      }
      var writer = ResponseWriter()
      writer.flags(FlagList(system: [.seen, .draft], keywords: keywords))
      writer.endLine()
      do {
        var parser = Parser(writer.take())
        let flags = try parser.flagList()
        try parser.end()
        check(flags.system, [.seen, .draft], "round \(round)")
        check(flags.keywords.allSatisfy(keywords.contains), "round \(round): \(flags.keywords)")
      } catch { check(false, "round \(round): \(error)") }
    }
  }

  @Test func `text for people stays on its line`() {
    var writer = ResponseWriter()
    writer.reply(.no("No such \"x\r\n* BYE\" é"), tag: Array("a1".utf8))
    check(String(decoding: writer.take(), as: UTF8.self), "a1 NO No such \"x??* BYE\" ?\r\n")
  }

  @Test func `codes are written as their standards spell them`() {
    let rows: [(ResponseCode, String)] = [
      (.appendUID(validity: 38_505, uid: 3_955), "[APPENDUID 38505 3955] "),
      (
        .copyUID(validity: 38_505, from: [304...304, 319...320], to: [3_956...3_958]),
        "[COPYUID 38505 304,319:320 3956:3958] "
      ),
      (.plain(.overQuota), "[OVERQUOTA] "), (.badCharset, "[BADCHARSET (US-ASCII UTF-8)] "),
      (
        .permanentFlags(FlagList(system: [.deleted, .anyKeyword], keywords: ["$Forwarded"])),
        "[PERMANENTFLAGS (\\Deleted \\* $Forwarded)] "
      ),
    ]
    for (code, text) in rows {
      var writer = ResponseWriter()
      writer.code(code)
      check(String(decoding: writer.take(), as: UTF8.self), text)
    }
  }

  /// The examples of RFC 3501 §7.4.2.
  @Test func `structures are written as in the standard`() {
    let text = BodyStructure(bodyEnd: 1_152, lines: 23)
    var image = BodyStructure(
      media: MediaType(type: Array("image".utf8), subtype: Array("png".utf8)),
      id: Array("<960723163407.20117h@cac.washington.edu>".utf8),
      description: Array("Compiler \"diff\"".utf8), encoding: Array("base64".utf8), bodyEnd: 4_554)
    image.disposition = Disposition(
      kind: Array("attachment".utf8),
      parameters: [Parameter(name: Array("filename".utf8), value: Array("a\r\nb".utf8))])
    image.languages = [Array("en".utf8), Array("de".utf8)]
    let whole = BodyStructure(
      media: MediaType(type: Array("multipart".utf8), subtype: Array("mixed".utf8)),
      content: .multipart([text, image]))
    var writer = ResponseWriter()
    writer.structure(whole, isExtensible: false)
    check(
      String(decoding: writer.take(), as: UTF8.self),
      """
      (("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1152 23)("image" "png" NIL \
      "<960723163407.20117h@cac.washington.edu>" "Compiler \\"diff\\"" "base64" 4554) "mixed")
      """)
    writer.structure(image, isExtensible: true)
    check(
      String(decoding: writer.take(), as: UTF8.self),
      """
      ("image" "png" NIL "<960723163407.20117h@cac.washington.edu>" "Compiler \\"diff\\"" \
      "base64" 4554 NIL ("attachment" ("filename" {4}\r\na\r\nb)) ("en" "de") NIL)
      """)
  }
}
