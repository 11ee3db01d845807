import TestKit
import Testing

/// S22: one mailbox per canonical address, whatever it is spelt like. RFC 6531 §3.2, RFC 8265 §3.3
@Suite struct IdentityTests {
  /// What is sent to, and whether it is bob.
  static let spellings: [(String, Bool)] = [
    ("BOB@mx.test", true), ("bob@MX.TEST", true), ("\"bob\"@mx.test", true),
    ("\"b\\ob\"@mx.test", true), ("bob@mx.test", true), ("bob+\u{e9}@mx.test", true),
    // Full-width letters, a Cyrillic o, a zero-width space, a right-to-left override, an accent.
    ("\u{ff42}\u{ff4f}\u{ff42}@mx.test", false), ("b\u{43e}b@mx.test", false),
    ("b\u{200b}ob@mx.test", false), ("\u{202e}bob@mx.test", false), ("bob\u{301}@mx.test", false),
  ]

  @Test func `S22 spellings of one address reach one mailbox`() async throws {
    try await SMTPCell.run { cell in
      let client = SMTPClient(cell)
      _ = try await client.reply()
      try await client.ask("EHLO client.test")
      for (address, isBob) in Self.spellings {
        check(try await client.ask("MAIL FROM:<a@b.test> SMTPUTF8").prefix(3), "250")
        let answer = try await client.ask("RCPT TO:<\(address)>")
        check(answer.prefix(1), isBob ? "2" : "5", "\(address.debugDescription): \(answer)")
        try await client.ask("RSET")
      }
      await client.close()
    }
  }

  @Test func `S22 without SMTPUTF8 an address is US-ASCII`() async throws {
    try await SMTPCell.run { cell in
      let client = SMTPClient(cell)
      _ = try await client.reply()
      try await client.ask("EHLO client.test")
      check(try await client.ask("MAIL FROM:<d\u{e9}@b.test>").prefix(9), "553 5.6.7")
      try await client.ask("MAIL FROM:<a@b.test>")
      check(try await client.ask("RCPT TO:<bob+\u{e9}@mx.test>").prefix(9), "553 5.6.7")
      await client.close()
    }
  }
}
