import State
import TestKit
import Testing

/// S9, S10: mail for others is refused at RCPT, and so is what could only bounce. RFC 5321 §3.6.1
@Suite struct RelayTests {
  /// Sender and recipient of nmap's smtp-open-relay, then those of the reliability catalogue.
  static let attempts: [(String, String)] =
    [
      ("", "relaytest@scanme.test"), ("antispam@scanme.test", "relaytest@scanme.test"),
      ("antispam@mx.example", "relaytest@scanme.test"),
      ("antispam@[127.0.0.1]", "relaytest@scanme.test"),
      ("antispam@[127.0.0.1]", "relaytest%scanme.test@[127.0.0.1]"),
      ("antispam@[127.0.0.1]", "relaytest%scanme.test@mx.test"),
      ("antispam@[127.0.0.1]", "\"relaytest@scanme.test\""),
      ("antispam@[127.0.0.1]", "\"relaytest%scanme.test\""),
      ("antispam@[127.0.0.1]", "relaytest@scanme.test@[127.0.0.1]"),
      ("antispam@[127.0.0.1]", "\"relaytest@scanme.test\"@[127.0.0.1]"),
      ("antispam@[127.0.0.1]", "relaytest@scanme.test@mx.test"),
      ("antispam@[127.0.0.1]", "@[127.0.0.1]:relaytest@scanme.test"),
      ("antispam@[127.0.0.1]", "@mx.test:relaytest@scanme.test"),
      ("antispam@[127.0.0.1]", "scanme.test!relaytest"),
      ("antispam@[127.0.0.1]", "scanme.test!relaytest@[127.0.0.1]"),
      ("antispam@[127.0.0.1]", "scanme.test!relaytest@mx.test"),
      ("ann@elsewhere.test", "user%elsewhere.test@mx.test"),
      ("ann@elsewhere.test", "elsewhere.test!user@mx.test"),
      ("ann@elsewhere.test", "\"user@elsewhere.test\"@mx.test"),
      ("ann@elsewhere.test", "@mx.test,@mx.test:user@elsewhere.test"),
      ("ann@elsewhere.test", "user@elsewhere.test@mx.test"),
      ("ann@elsewhere.test", "user@[IPv6:::1]"), ("ann@elsewhere.test", "bob@[127.0.0.1]"),
      ("ann@elsewhere.test", "user@mx.test."), ("ann@elsewhere.test", "user@localhost"),
      ("ann@elsewhere.test", "\"bob\\@mx.test\"@elsewhere.test"),
    ]

  @Test func `S9 nothing is relayed, whoever it says it is from`() async throws {
    try await SMTPCell.run { cell in
      let client = SMTPClient(cell)
      try await cell.set(.system, "connection.bad_commands", "1000")
      try await cell.set(.system, "smtp.unknown_recipients", "1000")
      _ = try await client.reply()
      try await client.ask("EHLO client.test")
      for (sender, recipient) in Self.attempts {
        check(try await client.ask("MAIL FROM:<\(sender)>").prefix(3), "250", sender)
        let answer = try await client.ask("RCPT TO:<\(recipient)>")
        check(answer.prefix(1), "5", "\(sender) to \(recipient): \(answer)")
        check(try await client.ask("DATA").prefix(3), "554", "no recipient, no data")
        try await client.ask("RSET")
      }
      check(
        try await client.ask("MAIL FROM:<alice@mx.test>").prefix(9), "550 5.7.1", "a local sender")
      await client.close()
    }
  }

  @Test func `S9 a failed sign-in opens nothing, and a good one no other's address`() async throws {
    try await SMTPCell.run { cell in
      let client = SMTPClient(cell)
      try await client.act("submissions")
      _ = try await client.reply()
      try await client.ask("EHLO client.test")
      check(try await client.ask("AUTH PLAIN AGFsaWNlQG14LnRlc3QAd3Jvbmc=").prefix(3), "535")
      check(try await client.ask("MAIL FROM:<alice@mx.test>").prefix(3), "530")
      check(try await client.ask("AUTH PLAIN AGFsaWNlQG14LnRlc3QAc2VjcmV0").prefix(3), "235")
      for sender in ["bob@mx.test", "alice@elsewhere.test", "ann@elsewhere.test"] {
        check(try await client.ask("MAIL FROM:<\(sender)>").prefix(9), "553 5.7.1", sender)
      }
      check(try await client.ask("MAIL FROM:<Alice+x@MX.test>").prefix(3), "250")
      await client.close()
    }
  }

  @Test func `S10 what cannot be delivered is refused at once`() async throws {
    try await SMTPCell.run { cell in
      let client = SMTPClient(cell)
      _ = try await client.reply()
      try await client.ask("EHLO client.test")
      try await cell.set(.domain(cell.domain), "limit.message_size", "100")
      try await client.ask("MAIL FROM:<>")
      let table = [
        ("nobody@mx.test", "550 5.1.1"), ("bob@mx.test", "250 2.1.5"),
        ("Postmaster", "250 2.1.5"), ("postmaster@mx.test", "250 2.1.5"),
        ("ABUSE@mx.test", "250 2.1.5"), ("bob+folder@mx.test", "250 2.1.5"),
        ("\"bob\"@mx.test", "250 2.1.5"), ("hostmaster@mx.test", "550 5.1.1"),
      ]
      for (recipient, reply) in table {
        check(try await client.ask("RCPT TO:<\(recipient)>").prefix(9), reply[...], recipient)
      }
      try await cell.set(.user(cell.bob), "user.disabled", "on")
      check(try await client.ask("RCPT TO:<bob@mx.test>").prefix(9), "550 5.2.1", "disabled")
      try await cell.set(.user(cell.bob), "user.disabled", "off")
      try await cell.set(.user(cell.bob), "limit.mailbox_size", "1")
      try await client.ask("RSET")
      try await client.ask("MAIL FROM:<a@b.test> SIZE=102400")
      check(try await client.ask("RCPT TO:<bob@mx.test>").prefix(9), "250 2.1.5", "room")
      try await client.ask("RSET")
      try await client.ask("MAIL FROM:<a@b.test> SIZE=102401")
      check(try await client.ask("RCPT TO:<bob@mx.test>").prefix(9), "552 5.3.4", "too large")
      await client.close()
    }
  }
}
