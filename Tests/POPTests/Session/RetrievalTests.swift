import Network
import Synchronization
import TestKit
import Testing

@testable import POP

/// Messages come as they were stored, however large and whatever is in them.
@Suite struct RetrievalTests {
  static func message(_ count: Int, seed: UInt64) -> [UInt8] {
    let start = Array("Subject: random\r\n\r\n".utf8)
    let body = SeededRandom(seed: seed).bytes(count - start.count).map { octet -> UInt8 in
      switch octet {
      case 0..<20: 13
      case 20..<60: 10
      case 60..<100: 46
      default: octet
      }
    }
    return start + body
  }

  /// Sends RETR and reads the octets up to the end, as a client that ends lines at LF does.
  static func retrieve(_ number: Int, _ client: POPClient) async throws -> (String, [UInt8]) {
    let reply = try await client.ask("RETR \(number)")
    var (message, line) = ([UInt8](), [UInt8]())
    while let octets = try await client.connection.read(upTo: 65_536, within: .seconds(20)) {
      for octet in octets {
        line.append(octet)
        guard octet == 10 else { continue }
        if line.elementsEqual([46, 13, 10]) { return (reply, message) }
        message += line.first == 46 ? line.dropFirst() : line[...]
        line = []
      }
    }
    return (reply, [])
  }

  @Test func octetsAndSizesAreExact() async throws {
    let counts = [19, 20, 1_000, 65_535, 65_536, 65_537, 131_072, 131_073, 1_100_000]
    try await POPCell.run { cell in
      let messages = counts.map { Self.message($0, seed: UInt64($0)) }
      for message in messages { try await cell.append(message) }
      let client = try await cell.signedIn()
      check(
        try await client.lines("LIST"), counts.enumerated().map { "\($0 + 1) \($1)" })
      for (index, count) in counts.enumerated() {
        let sent = messages[index]
        let (reply, got) = try await Self.retrieve(index + 1, client)
        check(reply, "+OK \(count) octets")
        let isWhole = sent.suffix(2).elementsEqual([13, 10])
        check(got == sent + (isWhole ? [] : [13, 10]), "the octets of \(count)")
      }
      check(try await client.ask("NOOP"), "+OK Fine")
      await client.close()
    }
  }

  @Test func aSlowReaderCostsLittleMemory() async throws {
    let count = 8_000_000
    let seen = Seen()
    try await POPCell.run { cell in
      try await cell.append([UInt8](repeating: 120, count: count))
      let service = cell.service
      let address = try cell.listeners.open(
        POPCell.home,
        Service(name: "slow", limits: .init(perAddress: 0, total: 0)) { connection in
          seen.set(connection)
          await service.serve(connection)
        })
      let client = try await cell.connect(address)
      _ = try await client.line()
      check(try await client.ask("STLS"), "+OK Begin TLS now")
      try await client.act("tls")
      check(try await client.signIn(), "+OK 1 messages, \(count) octets")
      check(try await client.ask("RETR 1"), "+OK \(count) octets")
      await cell.turns(400)
      check(seen.waiting > 0, "the reader is slow")
      check(seen.waiting < 200_000, "output that waits: \(seen.waiting)")
      var left = count + 5
      while left > 0 {
        let some = try await client.connection.read(upTo: 1 << 20, within: .seconds(20))
        left -= some?.count ?? left
      }
      check(try await client.ask("NOOP"), "+OK Fine")
      await client.close()
    }
  }

  @Test func whoDiesWhileReadingLetsTheNextOneIn() async throws {
    try await POPCell.run { cell in
      try await cell.append([UInt8](repeating: 120, count: 8_000_000))
      let first = try await cell.signedIn()
      check(try await first.ask("RETR 1"), "+OK 8000000 octets")
      await first.close()
      let second = try await cell.greeted()
      let answer = try await cell.signInWithinASecond(second)
      check(answer.hasPrefix("+OK 1 "), "within a second: \(answer)")
      await second.close()
    }
  }

  /// The connection that is being served.
  private final class Seen: Sendable {
    private let held = Mutex<Connection?>(nil)
    func set(_ connection: Connection) { held.withLock { $0 = connection } }
    var waiting: Int { held.withLock { $0?.bufferedOutput ?? 0 } }
  }
}
