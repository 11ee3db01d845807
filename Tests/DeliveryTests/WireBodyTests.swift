import TestKit
import Testing

@testable import Delivery

@Suite struct WireBodyTests {
  static func wire(_ chunks: [[UInt8]], _ policy: BareLineEnds = .repair) -> [UInt8]? {
    var body = WireBody(policy)
    var out: [UInt8] = []
    let emit = { (octets: RawSpan) in octets.withUnsafeBytes { out.append(contentsOf: $0) } }
    for chunk in chunks {
      guard body.feed(chunk.span, emit) else { return nil }
    }
    guard body.finish(emit) else { return nil }
    body.end(emit)
    return out
  }

  /// What RFC 5321 §4.5.2 makes of a repaired message, line by line and slowly.
  static func model(_ text: [UInt8]) -> [UInt8] {
    var repaired: [UInt8] = []
    for (index, octet) in text.enumerated() {
      switch octet {
      case 13: repaired += index + 1 < text.count && text[index + 1] == 10 ? [13] : [32]
      case 10: repaired += repaired.last == 13 ? [10] : [13, 10]
      default: repaired.append(octet)
      }
    }
    if !repaired.isEmpty, repaired.suffix(2) != [13, 10] { repaired += [13, 10] }
    var out: [UInt8] = []
    for (index, octet) in repaired.enumerated() {
      let isStart = index == 0 || repaired[index - 1] == 10
      if isStart, octet == 46 { out.append(46) }
      out.append(octet)
    }
    return out + [46, 13, 10]
  }

  @Test func messagesAreStuffedAndEnded() {
    let table: [(String, String)] = [
      ("", ".\r\n"), ("a\r\n", "a\r\n.\r\n"), ("a", "a\r\n.\r\n"), (".\r\n", "..\r\n.\r\n"),
      ("..\r\n.a\r\n", "...\r\n..a\r\n.\r\n"), ("a\r\n.\r\nb", "a\r\n..\r\nb\r\n.\r\n"),
      ("a\n.\nb", "a\r\n..\r\nb\r\n.\r\n"), ("a\r.\rb\r\n", "a . b\r\n.\r\n"),
      ("a\r", "a \r\n.\r\n"), ("a\n\r\n", "a\r\n\r\n.\r\n"), ("a\r\r\n", "a \r\n.\r\n"),
      ("a\r\n.\n.\r\n", "a\r\n..\r\n..\r\n.\r\n"), ("\r\n\r\n", "\r\n\r\n.\r\n"),
    ]
    for (text, wire) in table {
      check(Self.wire([Array(text.utf8)]).map { String(decoding: $0, as: UTF8.self) }, wire, text)
    }
  }

  @Test func everySplitMakesTheSameAndNothingBareLeaves() {
    var random = SeededRandom(seed: 5)
    let alphabet = Array("\r\n\r\n\r\n..a".utf8)
    for round in 0..<2_000 {
      let text = (0..<Int(random.next() % 24)).map { _ in
        alphabet[Int(random.next() % UInt64(alphabet.count))]
      }
      let expected = Self.model(text)
      check(Self.wire([text]), expected, "\(text)")
      let split = text.isEmpty ? 0 : Int(random.next() % UInt64(text.count))
      check(
        Self.wire([Array(text[..<split]), Array(text[split...])]), expected, "\(text) at \(split)")
      check(Self.wire(text.map { [$0] }), expected, "\(text) octet by octet")
      for (index, octet) in expected.enumerated() {
        if octet == 13 { check(index + 1 < expected.count && expected[index + 1] == 10, "bare CR") }
        if octet == 10 { check(index > 0 && expected[index - 1] == 13, "bare LF, round \(round)") }
      }
      check(Self.wire([text], .refuse) == nil, Self.isBare(text), "\(text)")
    }
  }

  static func isBare(_ text: [UInt8]) -> Bool {
    text.indices.contains { index in
      (text[index] == 10 && (index == 0 || text[index - 1] != 13))
        || (text[index] == 13 && (index + 1 == text.count || text[index + 1] != 10))
    }
  }
}
