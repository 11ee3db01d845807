import Network
import TestKit
import Testing

/// A client on a loop, for transcripts and tests.
struct POPClient: TranscriptPeer {
  let connection: Connection
  let tls: TLSContext

  func send(_ octets: [UInt8]) async throws {
    connection.write(octets)
    do {
      try await connection.flush()
    } catch {
      // A server that has hung up shows itself at the next line that is expected.
      return
    }
  }

  func receiveLine() async throws -> [UInt8]? {
    do {
      return try await connection.readLine(limit: 1 << 20, within: .seconds(20))
    } catch .lost, .tls {
      return nil
    }
  }

  func act(_ word: String) async throws {
    check(word, "tls")
    try await connection.startTLS(tls)
  }

  func close() async { connection.close() }

  func line() async throws -> String {
    String(decoding: try await receiveLine() ?? Array("<EOF>".utf8), as: UTF8.self)
  }

  /// Sends a command and reads one line.
  func ask(_ command: String) async throws -> String {
    try await send(Array("\(command)\r\n".utf8))
    return try await line()
  }

  /// Sends a command and reads the lines of its answer behind the first, up to the dot.
  func lines(_ command: String) async throws -> [String] {
    let first = try await ask(command)
    guard first.hasPrefix("+OK") else { return [first] }
    var lines: [String] = []
    while case let line = try await line(), line != "." {
      lines.append(line)
      if line == "<EOF>" { break }
    }
    return lines
  }

  /// Signs in as the cell's user; the answer to PASS.
  func signIn() async throws -> String {
    _ = try await ask("USER alice@example.test")
    return try await ask("PASS correct horse 1")
  }
}
