import Network
import Platform
import State
import TestKit
import Testing

/// A client of a cell, for transcripts and tests. It connects to port 25 at its first word, or
/// where `C! submission`, `C! submissions`, `C! lmtp` or `C! local` says.
final class SMTPClient: TranscriptPeer {
  let cell: SMTPCell
  private var open: Connection?

  init(_ cell: SMTPCell) { self.cell = cell }

  var connection: Connection {
    get async throws {
      if let open { return open }
      let made = try await cell.connect()
      open = made
      return made
    }
  }

  func send(_ octets: [UInt8]) async throws {
    let connection = try await connection
    do {
      connection.write(octets)
      try await connection.flush()
    } catch {
      // A server that has hung up shows itself at the next line that is expected.
      return
    }
  }

  func receiveLine() async throws -> [UInt8]? {
    do {
      return try await connection.readLine(limit: 1 << 20, within: .seconds(20))
    } catch ConnectionFailure.lost, ConnectionFailure.tls {
      return nil
    }
  }

  func close() async { open?.close() }

  /// `submission`, `submissions`; `tls`; `login` as alice over TLS; `set [domain|bob] KEY VALUE`;
  /// `inbox N`: bob has so many messages.
  func act(_ word: String) async throws {
    let words = word.split(separator: " ").map(String.init)
    switch words[0] {
    case "submission", "submissions", "lmtp", "local":
      open = try await cell.connect(words[0])
      if words[0] == "submissions" { try await startTLS() }
    case "tls": try await startTLS()
    case "login":
      try await act("submissions")
      _ = try await reply()
      _ = try await ask("EHLO client.test")
      check(try await ask("AUTH PLAIN AGFsaWNlQG14LnRlc3QAc2VjcmV0").prefix(3), "235", "login")
    case "set" where words.count == 4:
      let target: SettingTarget = words[1] == "bob" ? .user(cell.bob) : .domain(cell.domain)
      try await cell.set(target, words[2], words[3])
    case "set": try await cell.set(.system, words[1], words[2])
    case "inbox": check(String(try cell.inbox().count), words[1], "messages in the inbox")
    default: Issue.record("unknown action \(word)")
    }
  }

  func startTLS() async throws { try await connection.startTLS(cell.clientTLS) }

  func line() async throws -> String {
    String(decoding: try await receiveLine() ?? Array("<EOF>".utf8), as: UTF8.self)
  }

  /// One reply: its last line.
  func reply() async throws -> String {
    while true {
      let line = try await line()
      if line.utf8.count < 4 || Array(line.utf8)[3] != UInt8(ascii: "-") { return line }
    }
  }

  /// Sends a command and gives the last line of its reply.
  @discardableResult
  func ask(_ command: String) async throws -> String {
    try await send(Array("\(command)\r\n".utf8))
    return try await reply()
  }

  /// Sends octets as they are and gives the last line of the reply.
  func ask(octets: [UInt8]) async throws -> String {
    try await send(octets)
    return try await reply()
  }

  /// Greets, and begins a message for bob.
  func begin(from sender: String = "ann@elsewhere.test", hello: Bool = true) async throws {
    if hello {
      _ = try await reply()
      try await ask("EHLO client.test")
    }
    check(try await ask("MAIL FROM:<\(sender)>").prefix(3), "250", "MAIL")
    check(try await ask("RCPT TO:<bob@mx.test>").prefix(3), "250", "RCPT")
  }

  /// Sends a message by DATA; the reply to its end.
  func data(_ message: String) async throws -> String {
    check(try await ask("DATA").prefix(3), "354", "DATA")
    return try await ask(octets: Array("\(message)\r\n.\r\n".utf8))
  }
}
