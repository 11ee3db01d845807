import Events
import MailFormat
import TestKit
import Testing

@Suite struct FactsTests {
  @Test func envelopesAndStructuresReadBackAsTheyWere() throws {
    var random = SeededRandom(seed: 3)
    for _ in 0..<300 {
      let envelope = Envelope.sample(&random)
      check(try EncodedEnvelope(envelope).decoded(), envelope)
      let structure = BodyStructure.sample(&random)
      let coded = EncodedStructure(structure)
      check(try coded.decoded(), structure)
      try CBORCursor.validate(coded.bytes.span)
      try CBORCursor.validate(EncodedEnvelope(envelope).bytes.span)
    }
  }

  @Test func aHundredLevelsFit() throws {
    var structure = BodyStructure(headerStart: 0, bodyStart: 1, bodyEnd: 2)
    for level in 0..<100 {
      let content: BodyStructure.Content =
        level.isMultiple(of: 2) ? .multipart([structure]) : .message(Envelope(), structure)
      structure = BodyStructure(headerStart: 0, bodyStart: 1, bodyEnd: 2, content: content)
    }
    check(try EncodedStructure(structure).decoded(), structure)
  }

  @Test func nestingWithoutEndIsRefusedInTime() throws {
    // {"end": 0, "body": 0, "type": '', "lines": 0, "start": 0, "message": ... without end.
    var level = CBORWriter()
    level.map(count: 7)
    for key in ["end", "body", "type", "lines", "start"] {
      level.text(key)
      if key == "type" { level.octets([]) } else { level.unsigned(0) }
    }
    level.text("message")
    for depth in [200, 300, 20_000] {
      var bytes: [UInt8] = []
      for _ in 0..<depth { bytes += level.bytes }
      let isRefused = fails(CBORError.self) { _ = try BodyStructure(stored: bytes.span) }
      check(isRefused, "\(depth) levels")
      var json = JSONWriter()
      json.item(bytes)
      check(json.text.hasPrefix(#"{"malformed""#), "\(depth) levels as JSON")
    }
    var parts: [UInt8] = []
    for _ in 0..<100_000 { parts += [0x81] }
    check(fails(CBORError.self) { _ = try [[[UInt64]]](stored: parts.span) }, "arrays")
  }

  @Test func whatHasNoRoomIsAbsentTheStructureFirst() {
    let facts = MessageFacts(
      envelope: Envelope(subject: Array("s".utf8)), structure: BodyStructure())
    let whole = facts.coded()
    let envelope = whole.envelope?.bytes.count ?? 0
    let structure = whole.structure?.bytes.count ?? 0
    check(envelope > 0 && structure > 0, "both fit")
    let exact = facts.coded(limit: envelope + structure)
    check(exact.structure != nil, "both just fit")
    let less = facts.coded(limit: envelope + structure - 1)
    check(less.envelope != nil && less.structure == nil, "structure gives way")
    let none = facts.coded(limit: envelope - 1)
    check(none.envelope == nil && none.structure == nil, "nothing fits")
  }
}
