import Network
import TestKit
import Testing

@testable import POP

/// What a client may send, and what never comes of it.
@Suite struct HostileTests {
  @Test func whatIsSentInClearBehindSTLSIsNeverAnswered() async throws {
    let order = Array("STLS\r\n".utf8)
    let attack = order + Array("USER alice@example.test\r\n".utf8)
    try await POPCell.run { cell in
      for split in 1...attack.count {
        let client = try await cell.connect()
        check(try await client.line(), "+OK mx.test Daybook ready")
        try await client.send(Array(attack[..<split]))
        // Behind the whole order the server answers at once; the rest leaves only then.
        var answer = split < order.count ? "" : try await client.line()
        try await client.send(Array(attack[split...]))
        if split < order.count { answer = try await client.line() }
        let expected = split == order.count ? "+OK Begin TLS now" : "-ERR Nothing may follow STLS"
        check(answer, expected, "split at \(split)")
        // The rest of a handshake that the clear text spoiled is no POP3 line.
        let rest = try await client.connection.read(upTo: 1_000, within: .seconds(20)) ?? []
        check(!rest.contains(UInt8(ascii: "+")), "split at \(split): \(rest)")
        await client.close()
      }
    }
  }

  @Test func longLinesAreNeverHeldAndFaultyOnesAreRefused() async throws {
    try await POPCell.run { cell in
      let client = try await cell.greeted()
      let bad = "-ERR The line is too long or malformed"
      check(try await client.ask("USER \(String(repeating: "x", count: 506))"), bad)
      check(
        try await client.ask("USER \(String(repeating: "x", count: 505))"), "+OK Send the password")
      check(try await client.ask("USER \(String(repeating: "x", count: 20_000))"), bad)
      check(try await client.ask("USER a\0b"), bad)
      check(try await client.ask("NOOP\rQUIT"), bad)
      try await client.send(Array("NOOP\nCAPA\r\n".utf8))
      check(try await client.line(), bad)
      check(try await client.lines("CAPA").isEmpty, false)
      await client.close()
      let flood = try await cell.greeted()
      for _ in 0..<160 { try await flood.send([UInt8](repeating: 120, count: 65_536)) }
      check(try await flood.receiveLine(), nil)
      await flood.close()
    }
  }

  @Test func aLongResponseOfAnExchangeIsRead() async throws {
    try await POPCell.run { cell in
      let client = try await cell.greeted()
      check(try await client.ask("AUTH PLAIN"), "+ ")
      let answer = try await client.ask(String(repeating: "QUJD", count: 3_072))
      check(answer, "-ERR That is no answer in this mechanism")
      check(try await client.ask("AUTH PLAIN"), "+ ")
      check(
        try await client.ask(String(repeating: "QUJD", count: 3_073)),
        "-ERR That is no answer in this mechanism")
      check(try await client.signIn().hasPrefix("+OK 0 "), "the session goes on")
      await client.close()
    }
  }

  @Test(arguments: [1, 2]) func noiseNeverStopsTheService(seed: UInt64) async throws {
    try await POPCell.run { cell in
      try await cell.fill()
      var random = SeededRandom(seed: seed)
      let words = [
        "USER", "PASS", "alice@example.test", "correct horse 1", "AUTH", "PLAIN", "=", "*", "LIST",
        "RETR", "TOP", "1", "2", "3", "0", "-1", "99999999999999999999", "DELE", "RSET", "STAT",
        "UIDL", "NOOP", "CAPA", "UTF8", "\r\n", "\r\n", "\r\n", " ", " ", "\n", "\r", "\0",
      ]
      for _ in 0..<60 {
        let client = try await cell.greeted()
        if Bool.random(using: &random) { _ = try await client.signIn() }
        var noise: [UInt8] = []
        for _ in 0..<Int.random(in: 1...80, using: &random) {
          noise += (words.randomElement(using: &random) ?? "").utf8
        }
        try await client.send(noise)
        await cell.turns(Int.random(in: 0...3, using: &random))
        await client.close()
      }
      check(try cell.expunged(), [], "nobody said QUIT")
    }
  }
}
