import Events
import MailFormat
import Platform
import TestKit
import Testing

@testable import IMAP

@Suite struct SearchTermTests {
  private let context = SearchContext(
    uids: UIDList([10...14, 20...20]), keywords: [Flag("$Junk"): 3], charset: .standard)

  private func term(_ text: String) throws -> SearchTerm {
    var parser = Parser(Array("\(text)\r\n".utf8))
    let key = try parser.searchKeys()
    try parser.end()
    return context.term(key)
  }

  private func evidence() -> SearchEvidence {
    SearchEvidence(
      uid: 12, flags: [.seen, .flagged], keywords: 1 << 3, isRecent: true, size: 1_000,
      received: Timestamp(seconds: 837_596_665))
  }

  @Test func `criteria on the row need nothing else`() throws {
    let rows: [(String, Bool)] = [
      ("ALL", true), ("3", true), ("4:*", false), ("UID 12", true), ("UID *", false),
      ("UID 13:*", false), ("SEEN", true), ("UNSEEN", false), ("NEW", false), ("RECENT", true),
      ("OLD", false), ("KEYWORD $junk", true), ("UNKEYWORD $Junk", false), ("KEYWORD other", false),
      ("UNKEYWORD other", true), ("LARGER 999", true), ("LARGER 1000", false),
      ("SMALLER 1001", true), ("ON 17-Jul-1996", true), ("SINCE 17-Jul-1996", true),
      ("BEFORE 17-Jul-1996", false), ("BEFORE 18-Jul-1996", true), ("SINCE 18-Jul-1996", false),
      ("OR UNSEEN FLAGGED", true), ("NOT (SEEN FLAGGED)", false), ("SEEN DRAFT", false),
      ("100:200", false), ("BODY \"\"", true), ("OR BODY x SEEN", true), ("UNSEEN TEXT x", false),
    ]
    for (text, isMet) in rows { check(try term(text).verdict(evidence()), isMet, text) }
  }

  @Test func `criteria on header fields wait for the envelope or the header`() throws {
    var known = evidence()
    known.envelope = Envelope(
      date: Array("Thu, 18 Jul 1996 01:44:25 +0200".utf8),
      subject: Array("=?utf-8?Q?Caf=C3=A9?= society".utf8),
      from: [MailAddress(name: Array("Ann".utf8), mailbox: Array("ann".utf8), host: [0x78])])
    var read = evidence()
    read.header = HeaderBlock(
      Array(
        "Subject: a\r\n folded caf\u{e9}\r\nX-Empty:\r\nDate: 1 Jan 2020 00:00:00 +0000\r\n\r\n"
          .utf8))
    let rows: [(String, Bool?, Bool?)] = [
      ("SUBJECT \"CAFÉ SOC\"", true, false), ("SUBJECT folded", false, true),
      ("FROM \"ann <ann@x>\"", true, false), ("TO ann", false, false),
      ("HEADER X-Empty \"\"", nil, true), ("HEADER X-None \"\"", nil, false),
      ("HEADER Subject \"\"", nil, true), ("SENTON 18-Jul-1996", true, false),
      ("SENTSINCE 2-Jan-2020", false, false), ("SENTBEFORE 2-Jan-2020", true, true),
      ("TEXT folded", nil, true), ("TEXT \"a folded CAFÉ\"", nil, true),
      ("TEXT \"subject: a\"", nil, true), ("TEXT none", nil, nil),
    ]
    for (text, byEnvelope, byHeader) in rows {
      let term = try term(text)
      read.foundInHeader = read.header?.texts(term.headerTexts) ?? []
      check(term.verdict(evidence()), nil, text)
      check(term.verdict(known), byEnvelope, text)
      check(term.verdict(read), byHeader, text)
    }
  }

  @Test func `texts are looked for in decoded parts that are text`() throws {
    let message = Array(
      """
      Subject: outer\r\n\r\nSGVsbG8gV29ybGQ=\r\nCaf=C3=A9 au =\r\nlait\r\nbinary Hello\r\n
      """.utf8)
    var parts: [BodyStructure] = []
    for (start, end, encoding, type) in [
      (18, 36, "base64", "text"), (36, 56, "quoted-printable", "text"), (58, 70, "7bit", "image"),
    ] {
      parts.append(
        BodyStructure(
          media: MediaType(type: Array(type.utf8), subtype: Array("plain".utf8)),
          encoding: Array(encoding.utf8), headerStart: UInt64(start), bodyStart: UInt64(start),
          bodyEnd: UInt64(end)))
    }
    let root = BodyStructure(
      media: MediaType(type: Array("multipart".utf8), subtype: Array("mixed".utf8)),
      bodyStart: 18, bodyEnd: UInt64(message.count), content: .multipart(parts))
    for step in [1, 2, 7, 1_000] {
      var search = BodyTextSearch(
        ["hello world", "café au lait", "binary", "outer", "worldcaf"].reduce(
          into: []) { $0.insert(Array($1.utf8)) })
      try search.search(root) { range in
        let end = min(Int(range.upperBound), Int(range.lowerBound) + step)
        return Array(message[Int(range.lowerBound)..<end])
      }
      check(search.found, [Array("hello world".utf8), Array("café au lait".utf8)], "step \(step)")
    }
  }
}
