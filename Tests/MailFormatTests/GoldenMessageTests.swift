import MailFormat
import TestKit
import Testing

/// The messages of `Tests/Golden/Messages`: what is known of each is written beside it.
@Suite struct GoldenMessageTests {
  static let folder =
    "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Golden/Messages"
  static let messages = RepositoryFiles.list(folder).filter { $0.hasSuffix(".eml") }

  @Test func thereAreThirtyOrMore() {
    #expect(GoldenMessageTests.messages.count >= 30)
  }

  @Test(arguments: messages)
  func factsAreTheGoldenOnes(path: String) throws {
    let stem = String(path.dropLast(4))
    let message = try RepositoryFiles.read(path)
    let facts = MessageScanner.scan(message.span)
    let json = FactsText(facts).json
    if TranscriptFiles.isRecording {
      try RepositoryFiles.write(stem + ".json", Array(json.utf8))
    }
    check(json, try RepositoryFiles.read(stem + ".json").text, stem)
    let lines = try RepositoryFiles.read(stem + ".readme").text.split(separator: "\n")
    check(lines.count, 1, "lines that say why there is \(stem)")
    check(facts.size, UInt64(message.count), "size")
    check(fault(facts.structure, in: 0..<UInt64(message.count)), nil, stem)
  }

  @Test(arguments: messages)
  func chunksMakeNoDifference(path: String) throws {
    let message = try RepositoryFiles.read(path)
    let whole = MessageScanner.scan(message.span)
    for size in [1, 2, 3, 7, 64] { check(facts(message, chunk: size), whole, "\(path) by \(size)") }
    // Cut once at every place.
    for cut in 0...message.count {
      var scanner = MessageScanner()
      scanner.feed(message.span.extracting(0..<cut))
      scanner.feed(message.span.extracting(cut..<message.count))
      check(scanner.finish(), whole, "\(path) cut at \(cut)")
    }
  }

  @Test(arguments: messages)
  func everyPrefixIsAMessage(path: String) throws {
    let message = try RepositoryFiles.read(path)
    for end in 0...message.count {
      let facts = MessageScanner.scan(message.span.extracting(0..<end))
      check(fault(facts.structure, in: 0..<UInt64(end)), nil, "\(path) up to \(end)")
      check(facts.size, UInt64(end), "size")
    }
  }

  /// Every octet of the header of a message is in exactly one field, stray line or the empty line.
  @Test(arguments: messages)
  func headerBlocksAgreeWithTheScanner(path: String) throws {
    let message = try RepositoryFiles.read(path)
    let facts = MessageScanner.scan(message.span)
    let header = HeaderBlock(message)
    check(UInt64(header.length), facts.headerLength, "length of \(path)")
    check(header.fields.count, facts.tally.fields, "fields of \(path)")
    let lines = header.fields.reduce(0) { $0 + $1.lines.count }
    let rest = header.length - lines - header.strays
    check((0...2).contains(rest), "\(rest) octets of \(path) are in no line")
    check(header.value("subject") ?? [], facts.envelope.subject ?? [], "subject of \(path)")
  }
}
