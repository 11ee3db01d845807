import Network
import TestKit

@testable import IMAP

/// The client's end of one session, confined to the clients' loop.
struct Client: TranscriptPeer {
  let connection: Connection

  init(_ connection: Connection) { self.connection = connection }

  func send(_ octets: [UInt8]) async throws {
    connection.write(octets)
    try await connection.flush()
  }

  func receiveLine() async throws -> [UInt8]? {
    do {
      return try await connection.readLine(limit: 4_194_304, within: .seconds(20))
    } catch ConnectionFailure.lost {
      return nil
    }
  }

  /// All octets until the server hangs up.
  func remainder() async throws -> [UInt8] {
    var octets: [UInt8] = []
    do {
      while let more = try await connection.read(upTo: 65_536, within: .seconds(20)) {
        octets += more
      }
    } catch ConnectionFailure.lost {
      return octets
    }
    return octets
  }

  func close() async { connection.close() }

  /// `tls`; `login [user]` with the greeting before it; `select <mailbox>`; `mail <name>` appends a
  /// sample to INBOX, or to `<name> <mailbox>`.
  func act(_ word: String) async throws {
    let words = word.split(separator: " ").map(String.init)
    switch words[0] {
    case "tls":
      try await connection.startTLS(
        TLSContext(client: .anyone), serverName: "mail.example.test", within: .seconds(20))
    case "login":
      _ = try await receiveLine()
      let user = words.count > 1 ? words[1] : "alice"
      try await command("LOGIN \(user)@example.test \"\(Cell.password)\"")
    case "select": try await command("SELECT \(words[1])")
    case "mail":
      let octets = SampleMail.named(words[1])
      let target = words.count > 2 ? words[2] : "INBOX"
      let head = "APPEND \(target) \"17-Jul-1996 02:44:25 -0700\" {\(octets.count)+}\r\n"
      try await command(Array(head.utf8) + octets)
    default: throw Failed(text: "unknown action \(word)")
    }
  }

  struct Failed: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
  }

  @discardableResult
  func command(_ text: String) async throws -> [String] { try await command(Array(text.utf8)) }

  /// Sends a command under the tag `act` and gives its untagged responses; throws where it is not
  /// OK.
  @discardableResult
  func command(_ text: [UInt8]) async throws -> [String] {
    let (untagged, tagged) = try await exchange(text)
    guard tagged.hasPrefix("OK") else {
      throw Failed(text: "\(String(decoding: text.prefix(80), as: UTF8.self)): \(tagged)")
    }
    return untagged
  }

  /// Sends a command and gives all lines before the tagged one, and that without its tag.
  func exchange(_ text: [UInt8]) async throws -> (untagged: [String], tagged: String) {
    try await send(Array("act ".utf8) + text + [13, 10])
    var untagged: [String] = []
    while let line = try await receiveLine() {
      let text = String(decoding: line, as: UTF8.self)
      if text.hasPrefix("act ") { return (untagged, String(text.dropFirst(4))) }
      untagged.append(text)
    }
    throw Failed(text: "the server hung up")
  }

  func exchange(_ text: String) async throws -> (untagged: [String], tagged: String) {
    try await exchange(Array(text.utf8))
  }

  /// Appends octets as a message.
  func append(_ octets: [UInt8], to mailbox: String = "INBOX") async throws -> String {
    let head = "APPEND \(mailbox) {\(octets.count)+}\r\n"
    return try await exchange(Array(head.utf8) + octets).tagged
  }

  /// Sends a command and gives the responses before the tagged one as one run of octets, literals
  /// included.
  func octets(_ text: String) async throws -> [UInt8] {
    try await send(Array("act \(text)\r\n".utf8))
    var octets: [UInt8] = []
    while let line = try await receiveLine() {
      if octets.isEmpty || octets.last == 10, line.starts(with: Array("act ".utf8)) {
        return octets
      }
      octets += line + [13, 10]
      guard let header = LiteralHeader(endOf: line) else { continue }
      octets += try await connection.readExactly(Int(header.octets), within: .seconds(20))
      // What follows a literal goes on with the same response.
      guard let rest = try await receiveLine() else { break }
      octets += rest + [13, 10]
      var more = LiteralHeader(endOf: rest)
      while let header = more {
        octets += try await connection.readExactly(Int(header.octets), within: .seconds(20))
        guard let rest = try await receiveLine() else { break }
        octets += rest + [13, 10]
        more = LiteralHeader(endOf: rest)
      }
    }
    throw Failed(text: "the server hung up")
  }

  /// The one string that a FETCH of one item answers with; nil for NIL.
  func fetched(_ text: String) async throws -> [UInt8]? {
    let octets = try await octets(text)
    let items = try FetchResponse.items(of: octets)
    guard items.count == 1, case .string(let value)? = items[0].last else { return nil }
    return value
  }
}
