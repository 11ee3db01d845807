import Network
import State
import TestKit
import Testing

/// S3: nothing that came in clear behind STARTTLS is ever answered. RFC 3207 §4.2, §6
@Suite struct EncryptionTests {
  @Test(arguments: ["STARTTLS\r\nNOOP\r\n", "STARTTLS\r\nSTARTTLS\r\n", "starttls\r\nEHLO x\r\n"])
  func `S3 split at every octet`(sent: String) async throws {
    try await SMTPCell.run { cell in
      let octets = Array(sent.utf8)
      for cut in 1...octets.count {
        let client = SMTPClient(cell)
        _ = try await client.reply()
        try await client.ask("EHLO client.test")
        try await client.send(Array(octets[..<cut]))
        await cell.turns()
        try await client.send(Array(octets[cut...]))
        let answer = try await client.reply()
        guard answer.hasPrefix("220") else {
          check(answer.prefix(9), "501 5.5.1", "cut at \(cut)")
          check(try await client.receiveLine(), nil, "hung up, cut at \(cut)")
          continue
        }
        // The go-ahead was out before the rest came: then the rest is no TLS, and the end.
        check(cut >= 10, "a go-ahead at \(cut)")
        guard cut < octets.count else { continue }
        check(try await client.receiveLine(), nil, "nothing behind 220, cut at \(cut)")
      }
    }
  }

  @Test func `S3 what was said in clear is forgotten`() async throws {
    try await SMTPCell.run { cell in
      try await cell.set(.domain(cell.domain), "authentication.plain_without_tls", "on")
      let client = SMTPClient(cell)
      try await client.act("submission")
      _ = try await client.reply()
      try await client.ask("EHLO client.test")
      let login = "AUTH PLAIN AGFsaWNlQG14LnRlc3QAc2VjcmV0"
      check(try await client.ask(login).prefix(3), "235", "signed in, in clear")
      check(try await client.ask("STARTTLS").prefix(3), "220")
      try await client.startTLS()
      check(try await client.ask("MAIL FROM:<alice@mx.test>").prefix(3), "503", "no greeting yet")
      try await client.ask("EHLO client.test")
      check(try await client.ask("MAIL FROM:<alice@mx.test>").prefix(3), "530", "nobody signed in")
      check(try await client.ask("STARTTLS").prefix(3), "503", "once is enough")
      await client.close()
    }
  }
}
