import MailFormat
import TestKit
import Testing

/// Whatever goes into a composer, exactly one field comes out. RELIABILITY S6
@Suite struct ComposerTests {
  static let pieces = [
    "\r\n", "\n", "\r", "\0", "\r\nBcc: x@y.test", "\r\n\r\n<script>", "%0d%0a", "+0D+0A", "=0D=0A",
    "=?utf-8?q?=0D=0ABcc:_x?=", " ", "\t", ":", ";", ",", "<", ">", "@", "\"", "\\", "(", ")", "a",
    "Subject", "é", "😀", "\u{85}", "\u{2028}", "\u{B}", "\u{C}", "\u{7F}", ".", "{5}",
    String(repeating: "x", count: 1200), String(repeating: " ", count: 1200),
    String(repeating: "é", count: 400),
  ]

  /// A random string of hostile pieces, or of random octets.
  static func hostile(_ random: inout SeededRandom) -> [UInt8] {
    if Int.random(in: 0..<4, using: &random) == 0 {
      return random.bytes(Int.random(in: 0..<60, using: &random))
    }
    let count = Int.random(in: 0..<6, using: &random)
    return (0..<count).flatMap { _ in
      [UInt8](pieces[Int.random(in: 0..<pieces.count, using: &random)])
    }
  }

  static func compose(_ random: inout SeededRandom) -> HeaderComposer {
    var composer = HeaderComposer()
    composer.add(hostile(&random).text, text: hostile(&random))
    composer.add("Subject", text: hostile(&random))
    composer.add(
      "To",
      addresses: (0..<3).map { _ in
        MailAddress(
          name: Bool.random(using: &random) ? hostile(&random) : nil, route: hostile(&random),
          mailbox: Bool.random(using: &random) ? hostile(&random) : nil,
          host: Bool.random(using: &random) ? hostile(&random) : nil)
      })
    composer.add("X-Words", words: [hostile(&random), hostile(&random)])
    composer.addReturnPath(hostile(&random))
    composer.addDeliveredTo(hostile(&random))
    let identifier = MessageIdentifier(time: 1, random: 2, host: hostile(&random))
    composer.addMessageID(identifier)
    composer.addReceived(
      ReceivedStamp(
        clientName: hostile(&random), clientAddress: hostile(&random),
        encryption: hostile(&random), host: hostile(&random), transmission: hostile(&random),
        id: hostile(&random), recipient: hostile(&random), date: MailDate(seconds: 0)))
    composer.addDate(MailDate(seconds: 0))
    return composer
  }

  @Test func tenThousandHostileStringsStayInTheirFields() {
    var random = SeededRandom(seed: 6)
    for round in 0..<1000 {
      let composer = ComposerTests.compose(&random)
      let octets = composer.octets
      let header = HeaderBlock(octets)
      check(header.fields.count, 9, "fields in round \(round)")
      check(header.strays, 0, "stray lines in round \(round)")
      check(header.length, octets.count, "a header that ends early in round \(round)")
      check(ComposerTests.fault(octets), nil, "round \(round)")
      let facts = MessageScanner.scan(octets.span)
      check(facts.tally.fields, 9, "fields that the scanner sees in round \(round)")
      check(facts.tally.destinations, 1, "destinations in round \(round)")
    }
  }

  /// What is wrong with the lines of a header, or nil. RFC 5322 §2.1.1, §2.3
  static func fault(_ octets: [UInt8]) -> String? {
    var line = 0
    var isBlank = true
    for (index, byte) in octets.enumerated() {
      let next = index + 1 < octets.count ? octets[index + 1] : 0
      switch byte {
      case 13 where next != 10: return "a bare CR"
      case 10 where index == 0 || octets[index - 1] != 13: return "a bare LF"
      case 10:
        if line > 999 { return "a line of \(line - 1)" }
        if isBlank { return "a blank line" }
        line = 0
        isBlank = true
        continue
      case 0..<9, 11, 12, 14..<32, 127: return "control \(byte)"
      case 13, 9, 32: break
      default: isBlank = false
      }
      line += 1
    }
    return line == 0 ? nil : "no line ending at the end"
  }

  @Test func fieldsLookAsTheyShould() {
    var composer = HeaderComposer()
    composer.addReturnPath([])
    composer.addReceived(
      ReceivedStamp(
        clientName: [UInt8]("client.test"), clientAddress: [UInt8]("[192.0.2.1]"),
        encryption: [UInt8]("TLSv1.3 with cipher X"), host: [UInt8]("mx.test"),
        transmission: [UInt8]("ESMTPS"), id: [UInt8]("abc"), recipient: [UInt8]("bob@two.test"),
        date: MailDate(seconds: 1_795_511_472)))
    composer.add("Subject", text: [UInt8]("Grüße"))
    composer.add("Subject", text: [UInt8]("Hello  there"))
    composer.add(
      "To", addresses: MailAddress.list([UInt8]("\"A, B\" <a@b.test>, G: c@d.test;, e@f.test")))
    composer.add("Subject", text: [])
    check(
      composer.octets.text,
      """
      Return-Path: <>
      Received: from client.test ([192.0.2.1]) (using TLSv1.3 with cipher X)
      \tby mx.test with ESMTPS id abc for <bob@two.test>;
      \tTue, 24 Nov 2026 09:11:12 +0000
      Subject: =?utf-8?b?R3LDvMOfZQ==?=
      Subject: Hello  there
      To: "A, B" <a@b.test>, G: c@d.test;, e@f.test
      Subject:

      """.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n"),
      "the fields")
  }

  @Test func longTextIsFoldedAndReadsTheSame() {
    let text = [UInt8](String(repeating: "several words of a subject ", count: 20))
    var composer = HeaderComposer()
    composer.add("Subject", text: text)
    check(composer.octets.split(separator: 10).allSatisfy { $0.count <= 77 }, "short lines")
    check(HeaderBlock(composer.octets).value("Subject"), Unfolding.unfold(text), "the same text")
  }
}
