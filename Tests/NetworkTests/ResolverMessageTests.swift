import TestKit
import Testing

@testable import Network

@Suite struct ResolverMessageTests {
  static let mx = DNSQuestion(DNSName("example.com")!, .exchange)

  static func read(_ bytes: [UInt8], _ question: DNSQuestion = mx) -> DNSMessage.Reading {
    bytes.withUnsafeBytes { DNSMessage.read($0, for: question, id: 0x1234) }
  }

  static func response(_ question: DNSQuestion = mx, code: UInt8 = 0) -> ResolverPacket {
    ResolverPacket(
      to: ResolverPacket.query(question.name.description, question.type.rawValue), code: code)
  }

  @Test func queriesHaveTheirGoldenBytes() {
    let query = DNSMessage.query(Self.mx, id: 0xbeef, extended: true) ?? []
    let golden: [UInt8] =
      [0xbe, 0xef, 0x01, 0x20, 0, 1, 0, 0, 0, 0, 0, 1]
      + [7] + Array("example".utf8) + [3] + Array("com".utf8) + [0, 0, 15, 0, 1]
      + [0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0]
    check(query, golden)
    let plain = DNSMessage.query(Self.mx, id: 1, extended: false) ?? []
    check(plain.count, golden.count - 11)
    check(plain[11], 0)
  }

  @Test func namesAreCheckedAndWritten() {
    let table: [(String, String?)] = [
      ("Example.COM.", "example.com"), ("a", "a"), ("_25._tcp.mx.test", "_25._tcp.mx.test"),
      ("xn--bcher-kva.example", "xn--bcher-kva.example"), ("", nil), (".", nil), ("a..b", nil),
      (".a", nil), ("a b.test", nil), ("bücher.example", nil), ("a\\.b", nil),
      (String(repeating: "x", count: 64) + ".test", nil),
      (String(repeating: "x", count: 63) + ".test", String(repeating: "x", count: 63) + ".test"),
      (String(repeating: "abc.", count: 63) + "a", String(repeating: "abc.", count: 63) + "a"),
      (String(repeating: "abc.", count: 64), nil),
    ]
    for (text, name) in table { check(DNSName(text)?.description, name, text) }
    check(DNSName(reverse: IPAddress("192.0.2.5")!).description, "5.2.0.192.in-addr.arpa")
    check(
      DNSName(reverse: IPAddress("2001:db8::567:89ab")!).description,
      "b.a.9.8.7.6.5.0" + String(repeating: ".0", count: 16) + ".8.b.d.0.1.0.0.2.ip6.arpa")
  }

  @Test func answersOfEachTypeAreRead() {
    let six: [UInt8] = [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [1]
    let table: [(DNSType, [UInt8], DNSData)] = [
      (.address, [192, 0, 2, 7], .address(IPAddress("192.0.2.7")!)),
      (.address6, six, .address(IPAddress("2001:db8::1")!)),
      (.text, [3, 97, 98, 99, 0, 1, 100], .text(Array("abcd".utf8))),
      (.pointer, ResolverPacket.labels("MX.test"), .name(DNSName("mx.test")!)),
      (
        .association, [3, 1, 1, 9, 8],
        .association(usage: 3, selector: 1, matching: 1, data: [9, 8])
      ),
    ]
    for (type, data, expected) in table {
      let question = DNSQuestion(DNSName("example.com")!, type)
      var packet = Self.response(question)
      packet.add(type.rawValue, data, ttl: 77)
      let answer = DNSAnswer([expected], at: question.name, timeToLive: 77)
      check(Self.read(packet.bytes, question), .answer(answer), "\(type)")
    }
  }

  @Test func exchangesAliasesAndAbsencesAreTold() {
    var packet = Self.response()
    packet.add(5, ResolverPacket.labels("a.test"), ttl: 60)
    packet.add(5, ResolverPacket.labels("B.test"), owner: "A.test", ttl: 90)
    let b = DNSName("b.test")!
    check(Self.read(packet.bytes), .elsewhere(b, timeToLive: 60, aliases: 2))
    var missing = packet
    missing.add(authority: 30)
    check(Self.read(missing.bytes), .negative(.noData, timeToLive: 30))
    packet.add(exchange: "", 0, owner: "b.test")
    packet.add(exchange: "mx.other.test", 9, owner: "other.test")
    let null = DNSData.exchange(preference: 0, host: .root)
    check(Self.read(packet.bytes), .answer(DNSAnswer([null], at: b, timeToLive: 60)))

    check(Self.read(Self.response().bytes), .negative(.noData, timeToLive: nil))
    var absent = Self.response(code: 3)
    absent.add(authority: 3_600, ttl: 5)
    check(Self.read(absent.bytes), .negative(.nameNotFound, timeToLive: 5))
    check(Self.read(Self.response(code: 2).bytes), .refused(code: 2))
    check(
      Self.read(Array(Self.response(code: 1).bytes[..<4]) + [0, 0, 0, 0, 0, 0, 0, 0]),
      .refused(code: 1))

    var circle = Self.response()
    circle.add(5, ResolverPacket.labels("a.test"))
    circle.add(5, ResolverPacket.labels("example.com"), owner: "a.test")
    check(Self.read(circle.bytes), .failed(.aliasLoop))
  }

  @Test func whatIsNotTheAnswerIsPassedOver() {
    var good = Self.response()
    good.add(exchange: "mx.test", 10)
    guard case .answer = Self.read(good.bytes) else { return check(false, "the good one is read") }
    let changes: [(Int, UInt8)] = [
      (0, 0x99), (2, 0x01), (2, 0x89), (14, 0x7a), (26, 28), (28, 3), (5, 0),
    ]
    for (index, octet) in changes {
      var bytes = good.bytes
      bytes[index] = octet
      check(Self.read(bytes), .stray, "octet \(index) as \(octet)")
    }
    var shouted = good.bytes
    shouted[13] = UInt8(ascii: "E")
    check(Self.read(shouted), Self.read(good.bytes))
    var truncated = good.bytes
    truncated[2] |= 2
    check(Self.read(truncated), .truncated)
  }

  @Test func hostilePacketsAreRefusedAndNeverTrap() {
    var good = Self.response()
    good.add(exchange: "mx.example.com", 10)
    good.add(5, [0xc0, 0x0c], owner: "z.test")
    good.add(16, [3, 97, 98, 99], owner: "t.test")
    good.add(authority: 60)
    for length in 0..<good.bytes.count {
      switch Self.read(Array(good.bytes[..<length])) {
      case .stray, .failed(.malformed): break
      case let other: Issue.record("cut at \(length): \(other)")
      }
    }
    // A name that points at itself, forward, and beyond the end.
    for target in [[0xc0, 43], [0xc0, 0xff], [0xff, 0xff]] as [[UInt8]] {
      var packet = Self.response()
      packet.add(15, [0, 1] + target)
      check(Self.read(packet.bytes), .failed(.malformed), "\(target)")
    }
    // Lengths that do not fit what they measure.
    for data in [[], [0], [0, 1], [0, 1, 0, 0], [0, 1, 64, 0]] as [[UInt8]] {
      var packet = Self.response()
      packet.add(15, data)
      check(Self.read(packet.bytes), .failed(.malformed), "\(data)")
    }
    var random = SeededRandom(seed: 1)
    for _ in 0..<20_000 {
      var bytes = good.bytes
      for _ in 0..<(1 + Int(random.next() % 4)) {
        bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      _ = Self.read(bytes)
    }
  }

  @Test func nameserversAreReadFromTheMachinesFile() {
    let table: [(String, [String])] = [
      ("", ["127.0.0.1:53"]),
      ("# nameserver 192.0.2.9\nsearch test\nnameserver\t192.0.2.1  # first\n", ["192.0.2.1:53"]),
      ("nameserver ::1\nnameserver fe80::1%eth0\nnameserver x\n", ["[::1]:53"]),
      (
        (1...5).map { "nameserver 192.0.2.\($0)" }.joined(separator: "\n"),
        ["192.0.2.1:53", "192.0.2.2:53", "192.0.2.3:53"]
      ),
    ]
    for (text, servers) in table {
      check(ResolverSettings.servers(in: text).map(\.description), servers, text)
    }
  }
}
