import Events
import State
import TestKit
import Testing

@testable import SMTP

/// The auto-responder behind a session. RFC 3834
@Suite struct AnsweringTests {
  private static func cell(
    _ body: @escaping @Sendable (SMTPCell, SMTPClient) async throws -> Void
  ) async throws {
    try await SMTPCell.run { cell in
      for (key, value) in [("text", "Away until Monday."), ("enabled", "on")] {
        try await cell.set(.user(cell.bob), "responder.\(key)", value)
      }
      try await cell.set(.domain(cell.domain), "smtp.require_authentication", "off")
      let client = SMTPClient(cell)
      _ = try await client.reply()
      try await client.ask("EHLO client.test")
      try await body(cell, client)
      await client.close()
    }
  }

  @Test func `the answer is there before the message is acknowledged`() async throws {
    try await Self.cell { cell, client in
      try await client.begin(from: "alice@mx.test", hello: false)
      let sent = try await client.data(
        "Subject: Lunch\r\nTo: Bob <BOB@mx.test>\r\nMessage-ID: <1@mx.test>\r\n"
          + "References: <0@mx.test>\r\n\r\nHungry?")
      check(sent.prefix(3), "250", "accepted")
      let answers = try cell.inbox(of: cell.alice)
      check(answers.count, 1)
      let text = String(decoding: answers.first ?? [], as: UTF8.self)
      for line in [
        "Return-Path: <>", "From: bob@mx.test", "To: alice@mx.test", "Subject: Auto: Lunch",
        "In-Reply-To: <1@mx.test>", "References: <0@mx.test> <1@mx.test>",
        "Auto-Submitted: auto-replied", "Content-Transfer-Encoding: base64",
        "QXdheSB1bnRpbCBNb25kYXkuDQo=",
      ] {
        check(text.contains("\(line)\r\n"), true, line)
      }
      try await client.begin(from: "alice@mx.test", hello: false)
      _ = try await client.data("To: bob@mx.test\r\n\r\nagain")
      check(try cell.inbox(of: cell.alice).count, 1, "once a day")
      check(try cell.inbox().count, 2)
    }
  }

  /// Header, and sender where it matters, of what nobody answers.
  static let silent: [(String, String)] = [
    ("", "To: bob@mx.test"), ("owner-list@mx.test", "To: bob@mx.test"),
    ("list-request@mx.test", "To: bob@mx.test"), ("Mailer-Daemon@mx.test", "To: bob@mx.test"),
    ("alice@mx.test", "To: alice@mx.test"), ("alice@mx.test", "Bcc: bob@mx.test"),
    ("alice@mx.test", "Subject: none"), ("bob@mx.test", "To: bob@mx.test"),
    ("alice@mx.test", "To: bob@mx.test\r\nAuto-Submitted: auto-generated"),
    ("alice@mx.test", "To: bob@mx.test\r\nAuto-Submitted: auto-replied; owner-email=x"),
    ("alice@mx.test", "To: bob@mx.test\r\nPrecedence: Bulk"),
    ("alice@mx.test", "To: bob@mx.test\r\nPrecedence: list"),
    ("alice@mx.test", "To: bob@mx.test\r\nlist-ID: <x.mx.test>"),
    ("alice@mx.test", "To: bob@mx.test\r\nList-Unsubscribe: <mailto:x@mx.test>"),
  ]

  @Test func `nothing answers machines, lists, and who is not addressed`() async throws {
    try await Self.cell { cell, client in
      for (sender, header) in Self.silent {
        try await client.begin(from: sender, hello: false)
        check(try await client.data("\(header)\r\n\r\nx").prefix(3), "250", header)
        check(try cell.inbox(of: cell.alice).count, 0, "\(sender): \(header)")
        check(try cell.node.state.read { try $0.nextSpoolDue() == nil }, true, header)
      }
      check(try cell.inbox().count, Self.silent.count)
      try await client.begin(from: "alice@mx.test", hello: false)
      _ = try await client.data("Cc: x@y.test, bob@mx.test\r\nAuto-Submitted: no\r\n\r\nx")
      check(try cell.inbox(of: cell.alice).count, 1, "a person is answered")
    }
  }
}
