import TestKit
import Testing

@testable import Delivery

@Suite struct GrammarTests {
  static func read(_ lines: [String]) -> ReplyReader.Outcome {
    var reader = ReplyReader()
    var outcome = ReplyReader.Outcome.more
    for line in lines {
      let octets = Array(line.utf8)
      outcome = reader.feed(octets.span.bytes)
      if outcome != .more { break }
    }
    return outcome
  }

  @Test func repliesAreReadStrictly() {
    let table: [(lines: [String], ServerReply?)] = [
      (["250 ok"], ServerReply(250, lines: [Array("ok".utf8)])),
      (["250"], ServerReply(250, lines: [[]])),
      (["250 "], ServerReply(250, lines: [[]])),
      (["550 5.1.1 who?"], ServerReply(550, EnhancedStatus(5, 1, 1), lines: [Array("who?".utf8)])),
      (["550 4.1.1 who?"], ServerReply(550, lines: [Array("4.1.1 who?".utf8)])),
      (["550 5.1.1who?"], ServerReply(550, lines: [Array("5.1.1who?".utf8)])),
      (["450 4.7.1"], ServerReply(450, EnhancedStatus(4, 7, 1), lines: [[]])),
      (
        ["550-5.7.1 no", "550 5.7.1 way"],
        ServerReply(550, EnhancedStatus(5, 7, 1), lines: [Array("no".utf8), Array("way".utf8)])
      ),
      (
        ["250-a", "250-b", "250 c"],
        ServerReply(250, lines: ["a", "b", "c"].map { Array($0.utf8) })
      ),
      ([""], nil), (["2"], nil), (["25"], nil), (["150 early"], nil), (["650 late"], nil),
      (["260 x"], nil), (["250x"], nil), (["2500 x"], nil), ([" 250 x"], nil),
      (["HTTP/1.1 200 OK"], nil),
      (["250-a", "251 b"], nil), (["250-a", "b"], nil),
    ]
    for (lines, reply) in table {
      switch Self.read(lines) {
      case .reply(let got): check(got, reply ?? ServerReply(0), "\(lines)")
      case .fault: check(reply == nil, "\(lines) is a fault")
      case .more: check(false, "\(lines) has no end")
      }
    }
    let endless = Array(repeating: "250-more", count: 1_000)
    check(Self.read(endless), .fault(.tooManyLines))
    check(ServerReply(250, lines: [[0x1b, 0x5b, 0xff, 0x41]]).text, "?[\u{fffd}A")
  }

  @Test func featuresAreRead() {
    let reply = ServerReply(
      250,
      lines: [
        "MX.dst.test greets", "pipelining", "SIZE 1000", "8BITMIME", "SMTPUTF8", "DSN",
        "STARTTLS", "AUTH plain LOGIN", "AUTH=CRAM-MD5", "ENHANCEDSTATUSCODES", "X-ODD thing", "",
      ].map { Array($0.utf8) })
    let features = ServerFeatures(reply)
    check(features.name, "mx.dst.test")
    check(
      [
        features.pipelining, features.eightBit, features.internationalized, features.startTLS,
        features.deliveryReports, features.enhancedStatus, features.size,
      ], Array(repeating: true, count: 7))
    check(features.largest, 1_000)
    check(features.mechanisms, ["PLAIN", "LOGIN", "CRAM-MD5"])
    for text in ["SIZE", "SIZE 0", "SIZE x", "SIZE -1", "SIZE 99999999999999999999"] {
      let lines = [Array("mx".utf8), Array(text.utf8)]
      check(ServerFeatures(ServerReply(250, lines: lines)).largest, nil, text)
    }
  }

  @Test func addressesThatWouldBreakTheLineAreNotSent() {
    let table: [(String, Bool)] = [
      ("a@b.test", true), ("", true), ("\"a b\"@b.test", true), ("\"a\\\"<>\"@b.test", true),
      ("bücher@b.test", true), ("a@[192.0.2.1]", true),
      ("a> NOTIFY=NEVER", false), ("a b@c", false), ("a@b\r\nRCPT TO:<x@y>", false), ("a\0", false),
      ("<a@b>", false), ("\"a@b", false), ("\"a\\", false), ("a\\@b", false), ("a\u{7f}", false),
      (String(repeating: "x", count: 255), false), (String(repeating: "x", count: 254), true),
    ]
    for (address, isSafe) in table {
      check(ClientCommand.isSafe(Array(address.utf8)), isSafe, address)
    }
    check(ClientCommand.xtext(Array("a+b=c d\u{e9}".utf8)), Array("a+2Bb+3Dc+20d+C3+A9".utf8))
  }
}
