import TestKit
import Testing

@testable import IMAP

/// What is stored is what comes back, octet by octet.
@Suite struct OctetsTests {
  @Test func `appended messages come back whole and in pieces`() async throws {
    try await Cell.run { cell in
      let client = try await cell.connect()
      try await client.act("login")
      var random = Seeded(11)
      let sizes = [1, 2, 100, 65_535, 65_536, 65_537, 131_072, 200_001, 2_500_000]
      for (index, size) in sizes.enumerated() {
        let mail = Array((Array("A: b\r\nC: d\r\n\r\n".utf8) + random.body(size)).prefix(size))
        check(try await client.append(mail).hasPrefix("OK [APPENDUID"), "append of \(size)")
        if index == 0 { try await client.act("select INBOX") }
        try await look(client, index + 1, mail, &random)
      }
    }
  }

  private func look(
    _ client: Client, _ number: Int, _ mail: [UInt8], _ random: inout Seeded
  ) async throws {
    let size = mail.count
    check(try await client.fetched("FETCH \(number) BODY.PEEK[]") ?? [] == mail, "\(size)")
    let header = try await client.fetched("FETCH \(number) BODY.PEEK[HEADER]") ?? []
    let text = try await client.fetched("FETCH \(number) BODY.PEEK[TEXT]") ?? []
    check(header + text == mail, "header and text of \(size)")
    check(
      try await client.command("FETCH \(number) RFC822.SIZE"),
      ["* \(number) FETCH (RFC822.SIZE \(size))"])
    for _ in 0..<12 {
      let origin = Int.random(in: 0...size + 2, using: &random)
      let count = Int.random(in: 1...max(1, min(size, 300_000)), using: &random)
      let piece = try await client.fetched("FETCH \(number) BODY.PEEK[]<\(origin).\(count)>")
      check(
        piece ?? [1] == Array(mail.dropFirst(origin).prefix(count)), "\(origin).\(count) of \(size)"
      )
    }
  }

  @Test func `delivered messages have the lines of delivery in front`() async throws {
    try await Cell.run { cell in
      let mail = SampleMail.named("mixed")
      try await cell.deliver(mail)
      let prefix = Array(
        "Return-Path: <sender@example.org>\r\nDelivered-To: alice@example.test\r\n".utf8)
      let client = try await cell.connect()
      try await client.act("login")
      try await client.act("select INBOX")
      check(try await client.fetched("FETCH 1 BODY.PEEK[]") ?? [], prefix + mail)
      let header = try await client.fetched("FETCH 1 RFC822.HEADER") ?? []
      let text = try await client.fetched("FETCH 1 BODY.PEEK[TEXT]") ?? []
      check(header + text, prefix + mail)
      check(
        try await client.fetched("FETCH 1 BODY.PEEK[HEADER.FIELDS (delivered-to)]") ?? [],
        Array("Delivered-To: alice@example.test\r\n\r\n".utf8))
      check(
        try await client.fetched("FETCH 1 BODY.PEEK[]<10.70>") ?? [],
        Array((prefix + mail)[10..<80]))
      check(
        try await client.command("FETCH 1 RFC822.SIZE"),
        ["* 1 FETCH (RFC822.SIZE \(prefix.count + mail.count))"])
      check(
        try await client.fetched("FETCH 1 BODY.PEEK[1]") ?? [], Array("Caf=C3=A9 gam=\r\nma".utf8))
      check(try await client.command("SEARCH HEADER Return-Path sender@"), ["* SEARCH 1"])
    }
  }

  /// S12, S13: facts too large for the event are worked out when asked for.
  @Test func `messages of many and of deep parts can be looked into`() async throws {
    try await Cell.run { cell in
      let client = try await cell.connect()
      try await client.act("login")
      var many = "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
      for number in 1...9_000 { many += "--b\r\nX: \(number)\r\n\r\npart \(number)\r\n" }
      check(try await client.append(Array((many + "--b--\r\n").utf8)).hasPrefix("OK"), "many")
      var deep = ""
      for level in 0..<5_000 {
        deep += "Content-Type: multipart/mixed; boundary=b\(level)\r\n\r\n--b\(level)\r\n"
      }
      check(try await client.append(Array(deep.utf8)).hasPrefix("OK"), "deep")
      try await client.act("select INBOX")
      let structure = try await client.octets("FETCH 1 BODYSTRUCTURE")
      check(try FetchResponse.items(of: structure)[0].count, 2)
      check(try await client.fetched("FETCH 1 BODY.PEEK[8999]"), Array("part 8999".utf8))
      check(try await client.fetched("FETCH 1 BODY.PEEK[9001]"), nil)
      let nested = try await client.octets("FETCH 2 (BODYSTRUCTURE ENVELOPE)")
      check(try FetchResponse.items(of: nested)[0].count, 4)
      check(
        try await client.fetched("FETCH 2 BODY.PEEK[]") ?? [] == Array(deep.utf8), "deep octets")
    }
  }

  /// I2: whatever a header holds, a response reads as what it is.
  @Test func `random headers break no response`() async throws {
    try await Cell.run { cell in
      let client = try await cell.connect()
      try await client.act("login")
      var random = Seeded(12)
      let fields = ["Subject", "From", "To", "Content-Type", "Content-Disposition", "Message-ID"]
      for _ in 0..<100 {
        var mail: [UInt8] = []
        for field in fields {
          mail += Array("\(field): text/plain; x=\"".utf8)
          mail += random.octets(length: Int.random(in: 0...30, using: &random)) + [13, 10]
        }
        check(try await client.append(mail).hasPrefix("OK"), "append")
      }
      try await client.act("select INBOX")
      let all = try await client.octets("FETCH 1:* (ENVELOPE BODYSTRUCTURE BODY)")
      check(try FetchResponse.items(of: all).map(\.count), Array(repeating: 6, count: 100))
    }
  }
}

extension Seeded {
  /// Octets of a body: lines of random letters, some of them long.
  mutating func body(_ size: Int) -> [UInt8] {
    var octets: [UInt8] = []
    octets.reserveCapacity(size + 100)
    while octets.count < size {
      let letter = UInt8.random(in: 0x20...0xFF, using: &self)
      octets += Array(repeating: letter, count: Int.random(in: 0...90, using: &self)) + [13, 10]
    }
    return octets
  }
}
