import Network
import TestKit
import Testing

@testable import IMAP

/// Clients that mean harm, or fail in the middle.
@Suite struct HostileTests {
  /// S3: wherever the network cuts it, nothing said in clear behind STARTTLS is ever answered.
  @Test func `commands behind STARTTLS are not answered at any cut`() async throws {
    let order = Array("a STARTTLS\r\n".utf8)
    let wire = order + Array("b NOOP\r\n".utf8)
    try await Cell.run(plainInClear: false) { cell in
      for cut in 1...wire.count {
        let client = try await cell.connect()
        _ = try await client.receiveLine()
        try await client.send(Array(wire[..<cut]))
        // Behind the whole order the server answers at once; the rest leaves only then.
        var answer = cut < order.count ? nil : try await client.receiveLine()
        try await client.send(Array(wire[cut...]))
        if cut < order.count { answer = try await client.receiveLine() }
        let expected =
          cut == order.count ? "a OK Begin TLS now" : "* BYE Nothing may follow STARTTLS"
        check(answer.map { String(decoding: $0, as: UTF8.self) }, expected, "cut at \(cut)")
        // What is left is the alert of a handshake that the clear text spoiled, or nothing.
        check(try await client.remainder().contains(UInt8(ascii: "b")), false, "cut at \(cut)")
        await client.close()
      }
    }
  }

  /// I1: the literals of one command are counted, whatever they hold.
  @Test func `a storm of literals ends in a refusal`() async throws {
    try await Cell.run { cell in
      let client = try await cell.connect()
      try await client.act("login")
      try await client.act("select INBOX")
      try await client.send(
        Array(("a SEARCH" + String(repeating: " TEXT {1+}\r\nx", count: 2_000) + "\r\n").utf8))
      let bye = String(decoding: try await client.receiveLine() ?? [], as: UTF8.self)
      check(bye.hasPrefix("* BYE [TOOBIG]"), bye)
      let other = try await cell.connect()
      try await other.act("login")
      try await other.act("select INBOX")
      let storm = "SEARCH" + String(repeating: " TEXT {1+}\r\nx", count: 900)
      check(try await other.command(storm), ["* SEARCH"])
    }
  }

  /// I5: half a large message is nothing, and its room is used again.
  @Test func `an upload that breaks off stores nothing`() async throws {
    try await Cell.run { cell in
      for _ in 0..<20 {
        let client = try await cell.connect()
        try await client.act("login")
        try await client.send(Array("a APPEND INBOX {5000000+}\r\n".utf8))
        try await client.send(Array(repeating: 0x41, count: 300_000))
        await client.close()
      }
      let client = try await cell.connect()
      try await client.act("login")
      check(
        try await client.append(Array(repeating: 0x41, count: 300_000)).hasPrefix("OK"), "whole")
      check(try await client.command("STATUS INBOX (MESSAGES)"), ["* STATUS INBOX (MESSAGES 1)"])
    }
  }

  /// I6: a client that asks and never reads is held by the server, not kept in its memory, and
  /// others go on meanwhile.
  @Test func `a client that does not read holds up nobody but itself`() async throws {
    try await Cell.run { cell in
      let slow = try await cell.connect()
      try await slow.act("login")
      for _ in 0..<4 {
        check(
          try await slow.append(Array(repeating: 0x41, count: 4_000_000)).hasPrefix("OK"), "4 MB")
      }
      try await slow.act("select INBOX")
      try await slow.send(
        Array(repeating: Array("a FETCH 1:* BODY.PEEK[]\r\n".utf8), count: 100).flatMap { $0 })
      let before = try ProcessMemory.resident()
      let other = try await cell.connect()
      try await other.act("login")
      try await other.act("select INBOX")
      for _ in 0..<50 { try await other.command("FETCH 1:* (FLAGS UID)") }
      check(try ProcessMemory.resident() < before + 64_000_000, "1.6 GB asked for, never read")
    }
  }

  /// Pipelined commands are answered in order, however they arrive.
  @Test func `ten thousand pipelined commands are answered in order`() async throws {
    try await Cell.run { cell in
      let client = try await cell.connect()
      try await client.act("login")
      let commands = (0..<10_000).map { "t\($0) NOOP\r\n" }.joined()
      async let sent: Void = client.send(Array(commands.utf8))
      for number in 0..<10_000 {
        let line = try await client.receiveLine() ?? []
        check(line, Array("t\(number) OK Nothing done".utf8))
      }
      try await sent
    }
  }
}
