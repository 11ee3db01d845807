import TestKit
import Testing

/// S1: only CRLF "." CRLF ends a message; what looks like an end to somebody else refuses it.
/// RFC 5321 §4.1.1.4, §2.3.8
@Suite struct SmugglingTests {
  /// Ends that are none: those of the reliability catalogue, and the true one with something in it.
  static let ends = [
    "\n.\n", "\n.\r", "\r.\n", "\r.\r", "\n.\r\n", "\r.\r\n", "\r\n\0.\r\n", "\r\n.\r\r\n",
    "\r\r\n.\r\r\n", "\r\n.\n", "\r\n.\r", "\r\n\u{b}.\r\n", "\r\n\u{c}.\r\n", "\r\n\u{85}.\r\n",
    "\r\n. \r\n",
  ]
  static let smuggled =
    "MAIL FROM:<smuggled@x.test>\r\nRCPT TO:<bob@mx.test>\r\nDATA\r\nSubject: two\r\n\r\nx"

  @Test(arguments: ends) func `S1 by DATA there is one message or a refusal`(
    end: String
  ) async throws {
    try await SMTPCell.run { cell in
      let client = SMTPClient(cell)
      try await client.begin()
      check(try await client.ask("DATA").prefix(3), "354")
      let sent = "Subject: one\r\n\r\nbody\(end)\(Self.smuggled)\r\n.\r\n"
      let answer = try await client.ask(octets: Array(sent.utf8))
      let isClean = ["\r\n\u{b}.\r\n", "\r\n\u{c}.\r\n", "\r\n\u{85}.\r\n", "\r\n. \r\n"].contains(
        end)
      check(answer.prefix(7), isClean ? "250 2.0" : "550 5.6", end.debugDescription)
      check(try await client.ask("NOOP").prefix(3), "250", "in step")
      check(try cell.inbox().count, isClean ? 1 : 0, "messages after \(end.debugDescription)")
      await client.close()
    }
  }

  @Test(arguments: ends) func `S1 by BDAT text with bare line ends is refused and binary is not`(
    end: String
  ) async throws {
    try await SMTPCell.run { cell in
      let client = SMTPClient(cell)
      _ = try await client.reply()
      try await client.ask("EHLO client.test")
      let sent = Array("Subject: one\r\n\r\nbody\(end)\(Self.smuggled)\r\n".utf8)
      var stored = 0
      for (parameter, isBinary) in [("", false), (" BODY=BINARYMIME", true)] {
        check(try await client.ask("MAIL FROM:<a@b.test>\(parameter)").prefix(3), "250")
        check(try await client.ask("RCPT TO:<bob@mx.test>").prefix(3), "250")
        // Cut in the middle of the end, so that no chunk shows it whole.
        let cut = 20 + end.utf8.count / 2
        let first = try await client.ask(octets: Array("BDAT \(cut)\r\n".utf8) + sent[..<cut])
        check(first.prefix(1) == "2" || first.prefix(1) == "5", first)
        let answer = try await client.ask(
          octets: Array("BDAT \(sent.count - cut) LAST\r\n".utf8) + sent[cut...])
        let isText =
          !end.utf8.contains { $0 == 0 }
          && SmugglingTests.isClean(end)
        check(answer.prefix(1), isBinary || isText ? "2" : "5", end.debugDescription)
        if isBinary || isText { stored += 1 }
        check(try await client.ask("RSET").prefix(3), "250", "in step")
      }
      check(try cell.inbox().count, stored, "messages after \(end.debugDescription)")
      await client.close()
    }
  }

  private static func isClean(_ text: String) -> Bool {
    let octets = Array(text.utf8)
    return octets.indices.allSatisfy { index in
      switch octets[index] {
      case 13: index + 1 < octets.count && octets[index + 1] == 10
      case 10: index > 0 && octets[index - 1] == 13
      default: true
      }
    }
  }
}
