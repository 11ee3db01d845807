import MailFormat
import State
import TestKit
import Testing

/// What is added to a header, completed, left out and refused. RFC 5321 §4.4, RFC 6409 §8
@Suite struct HeaderTests {
  private func header(_ message: [UInt8]) -> String {
    String(decoding: message, as: UTF8.self).components(until: "\r\n\r\n")
  }

  @Test func `A message from another server gets trace fields and keeps its own`() async throws {
    try await SMTPCell.run { cell in
      let client = SMTPClient(cell)
      try await client.begin()
      let sent =
        "Bcc: c@d.test\r\nReturn-Path: <x@y.test>\r\nFrom: a@b.test\r\nFrom: b@b.test\r\n\r\nx"
      let answer = try await client.data(sent)
      check(answer.prefix(20), "250 2.0.0 Queued as ", "taken")
      let message = try cell.inbox()[0]
      let id = answer.dropFirst(20)
      check(
        String(decoding: message, as: UTF8.self).hasPrefix(
          "Return-Path: <ann@elsewhere.test>\r\nDelivered-To: bob@mx.test\r\nReceived: from "),
        "the fields: \(header(message))")
      let received = HeaderBlock(message).value("Received") ?? []
      check(
        received.split { $0 == 32 || $0 == 9 }.prefix(10).map {
          String(decoding: $0, as: UTF8.self)
        },
        [
          "from", "client.test", "([127.0.0.1])", "by", "mx.test", "with", "ESMTP", "id",
          String(id), "for",
        ], "Received")
      check(message.suffix(sent.utf8.count + 2).elementsEqual((sent + "\r\n").utf8), "its own")
      check(HeaderBlock(message).value("Date"), nil, "not completed")
      await client.close()
    }
  }

  @Test func `A submitted message is completed and its blind recipients are left out`() async throws
  {
    try await SMTPCell.run { cell in
      let client = SMTPClient(cell)
      try await client.act("login")
      try await client.begin(from: "alice@mx.test", hello: false)
      check(try await client.ask("RCPT TO:<alice@mx.test>").prefix(3), "250")
      let sent =
        "From: Alice <ALICE@mx.test>\r\nBcc: bob@mx.test,\r\n carl@mx.test\r\nSubject: s\r\n"
        + "Resent-Bcc: x@y.test\r\nReturn-Path: <z@y.test>\r\n\r\nBcc: text"
      check(try await client.data(sent).prefix(3), "250")
      let message = try cell.inbox()[0]
      let block = HeaderBlock(message)
      check(block.value("Bcc"), nil, "Bcc")
      check(block.value("Resent-Bcc"), nil, "Resent-Bcc")
      check(block.fields.filter { block.isNamed($0, Array("return-path".utf8)) }.count, 1, "one")
      check(block.fields.count, 7, header(message))
      check(block.value("Date") != nil && block.value("Message-ID") != nil, header(message))
      let received = block.value("Received").map { String(decoding: $0, as: UTF8.self) } ?? ""
      check(received.contains("with ESMTPSA id") && received.contains("TLSv1.3"), received)
      check(!received.contains("for <"), "two recipients do not see each other")
      check(message.suffix(11).elementsEqual("Bcc: text\r\n".utf8), "the body stays")
      await client.close()
    }
  }

  @Test func `A client's name is reduced to what a name can hold`() async throws {
    try await SMTPCell.run { cell in
      let client = SMTPClient(cell)
      _ = try await client.reply()
      try await client.ask("EHLO a(b)<c>;\"d\"")
      try await client.begin(hello: false)
      check(try await client.data("Subject: s\r\n\r\nx").prefix(3), "250")
      check(header(try cell.inbox()[0]).contains("from a?b??c???d? ([127.0.0.1])"), "reduced")
      await client.close()
    }
  }

  @Test func `S11 more than a hundred Received fields are a loop`() async throws {
    try await SMTPCell.run { cell in
      let client = SMTPClient(cell)
      let field = "Received: from a by b; Mon, 1 Jan 2024 00:00:00 +0000\r\n"
      try await client.begin()
      let hundred = String(repeating: field, count: 100)
      check(try await client.data(hundred + "\r\nx").prefix(9), "250 2.0.0")
      try await client.begin(hello: false)
      check(try await client.data(hundred + field + "\r\nx").prefix(9), "554 5.4.6")
      check(try cell.inbox().count, 1)
      await client.close()
    }
  }

  /// S16, and W4: an author that is not the one who signed in.
  static let authors: [(String, Bool)] = [
    ("From: alice@mx.test", true), ("From: \"Bob\" <alice@mx.test>", true), ("Subject: none", true),
    ("From: alice@mx.test\r\nSender: alice@mx.test", true), ("From : Alice+x@MX.test", true),
    ("From: bob@mx.test", false), ("From: ceo@elsewhere.test", false),
    ("From: alice@mx.test, bob@mx.test", false),
    ("From: alice@mx.test\r\nFrom: bob@mx.test", false),
    ("From: alice@mx.test\r\nSender: bob@mx.test", false),
    ("From: alice@mx.test <bob@mx.test>", false),
    ("From: <bob@mx.test> alice@mx.test", false), ("From:\r\n bob@mx.test", false),
    ("From : bob@mx.test", false), ("From: nobody", false), ("From: undisclosed:;", false),
    ("From: list: bob@mx.test;", false), ("From: <@alice@mx.test:bob@mx.test>", false),
    ("From: \"alice@mx.test\" <\"alice@mx.test\"@elsewhere.test>", false), ("From:", false),
  ]

  @Test func `S16 who submits writes under an own name`() async throws {
    try await SMTPCell.run { cell in
      try await cell.set(.system, "connection.bad_commands", "1000")
      let client = SMTPClient(cell)
      try await client.act("login")
      var taken = 0
      for (fields, isOwn) in Self.authors {
        try await client.begin(from: "alice@mx.test", hello: false)
        let answer = try await client.data("\(fields)\r\n\r\nx")
        check(answer.prefix(9), isOwn ? "250 2.0.0" : "550 5.7.1", fields)
        if isOwn { taken += 1 }
      }
      let crowd = String(repeating: "alice@mx.test,\r\n ", count: 100) + "bob@mx.test"
      try await client.begin(from: "alice@mx.test", hello: false)
      check(try await client.data("From: \(crowd)\r\n\r\nx").prefix(9), "550 5.7.1", "a crowd")
      check(try cell.inbox().count, taken)
      await client.close()
    }
  }

  @Test func `S12 a header over its cap is refused and its session goes on`() async throws {
    try await SMTPCell.run { cell in
      let client = SMTPClient(cell)
      try await client.begin()
      let field = "X-F: \(String(repeating: "y", count: 993))\r\n"
      check(
        try await client.data(String(repeating: field, count: 263) + "\r\nx").prefix(9),
        "552 5.3.4")
      try await client.begin(hello: false)
      check(
        try await client.data(String(repeating: field, count: 261) + "\r\nx").prefix(9),
        "250 2.0.0")
      check(try cell.inbox().count, 1)
      await client.close()
    }
  }
}

extension String {
  fileprivate func components(until mark: String) -> String {
    firstRange(of: mark).map { String(self[..<$0.lowerBound]) } ?? self
  }
}
