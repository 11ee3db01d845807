import Platform
import Synchronization
import TestKit
import Testing

@testable import Network

/// A doorkeeper with a list of who may not come in.
private final class Porter: Doorkeeper {
  let unwanted: Set<IPAddress>
  let gone = Mutex<[IPAddress]>([])

  init(_ unwanted: [String] = []) { self.unwanted = Set(unwanted.compactMap { IPAddress($0) }) }

  func admits(_ peer: IPAddress) -> Bool { !unwanted.contains(peer) }
  func left(_ peer: IPAddress, _ tally: ConnectionTally) { gone.withLock { $0.append(peer) } }
}

@Suite struct ProxyTests {
  private func open(_ stage: Stage, _ door: Porter? = nil, perAddress: Int = 0) throws
    -> SocketAddress
  {
    try stage.listeners.open(
      Stage.home,
      Service(
        name: "test", limits: .init(perAddress: perAddress, total: 0),
        refusal: Array("too many\r\n".utf8), door: door, rejection: Array("go away\r\n".utf8)
      ) { connection in
        connection.write("you are \(connection.peer.ip.map { "\($0)" } ?? "?")\r\n")
        await echo(connection)
      })
  }

  /// What a client hears that begins with `words`.
  private func hears(_ stage: Stage, _ address: SocketAddress, _ words: String) async throws
    -> (String?, Connection)
  {
    let client = try await stage.connect(address)
    client.write(words)
    do {
      try await client.flush()
      return (try await client.line(), client)
    } catch {
      return (nil, client)
    }
  }

  @Test func aTrustedProxySpeaksForItsClient() async throws {
    try await Stage.run { stage in
      stage.listeners.trust([IPNetwork(.loopbackV4)])
      let porter = Porter(["192.0.2.66"])
      let address = try open(stage, porter, perAddress: 1)
      let line = "PROXY TCP4 192.0.2.1 198.51.100.2 56000 25\r\n"
      let (first, held) = try await hears(stage, address, line)
      check(first, "you are 192.0.2.1")
      check(stage.listeners.connections.map(\.peer), [SocketAddress("192.0.2.1:56000")!])
      held.write("hello\r\n")
      check(try await held.line(), "hello", "what follows is the client's")
      check(try await hears(stage, address, line).0, "too many", "limits are the client's")
      let other = "PROXY TCP4 192.0.2.2 198.51.100.2 56000 25\r\n"
      check(try await hears(stage, address, other).0, "you are 192.0.2.2")
      let unwanted = "PROXY TCP4 192.0.2.66 198.51.100.2 56000 25\r\n"
      check(try await hears(stage, address, unwanted).0, "go away")
      check(try await hears(stage, address, "PROXY UNKNOWN\r\n").0, "you are 127.0.0.1")
      held.close()
      while porter.gone.withLock({ !$0.contains(IPAddress("192.0.2.1")!) }) {
        await stage.turns(1)
      }
    }
  }

  @Test func whatIsNoHeaderEndsAProxysConnection() async throws {
    try await Stage.run { stage in
      stage.listeners.trust([IPNetwork("127.0.0.0/8")!])
      let address = try open(stage)
      for words in ["EHLO x\r\n", "PROXY TCP4 1 2 3 4\r\n", "\r\n\r\n\0\r\nQUIT\n\u{1}       "] {
        check(try await hears(stage, address, words).0, nil, words)
      }
      let silent = try await stage.connect(address)
      silent.write("PROXY TC")
      try await silent.flush()
      silent.close()
      while stage.listeners.connectionCount > 0 { await stage.turns(1) }
    }
  }

  @Test func nobodyElseMaySpeakForOthers() async throws {
    try await Stage.run { stage in
      stage.listeners.trust([IPNetwork("192.0.2.0/24")!])
      let address = try open(stage)
      let client = try await stage.connect(address)
      check(try await client.line(), "you are 127.0.0.1")
      client.write("PROXY TCP4 192.0.2.1 198.51.100.2 56000 25\r\n")
      do {
        try await client.flush()
        check(try await client.line(), nil, "it is hung up on")
      } catch {}
      while stage.listeners.connectionCount > 0 { await stage.turns(1) }
      let honest = try await stage.connect(address)
      check(try await honest.line(), "you are 127.0.0.1")
      honest.write("hello\r\n")
      check(try await honest.line(), "hello")
      honest.write("PROXY TCP4 later\r\n")
      check(try await honest.line(), "PROXY TCP4 later", "later it is only a line")
      honest.close()
    }
  }

  @Test func whoIsNotAdmittedIsToldAndCounted() async throws {
    try await Stage.run { stage in
      let porter = Porter(["127.0.0.1"])
      let address = try open(stage, porter)
      let client = try await stage.connect(address)
      check(try await client.line(), "go away")
      check(stage.listeners.takeTraffic().map(\.refused), [1])
      check(porter.gone.withLock { $0 }, [], "it never came in")
      client.close()
    }
  }

  @Test func aClientIsTurnedOutUnlessItHasSignedIn() async throws {
    try await Stage.run { stage in
      let porter = Porter()
      let quiet = try stage.listeners.open(
        Stage.home, Service(name: "quiet", door: porter, serve: echo))
      let eventful = try stage.listeners.open(
        Stage.home,
        Service(name: "eventful", door: porter) { connection in
          connection.tally.isEventful = true
          await echo(connection)
        })
      let (stranger, user) = (try await stage.connect(quiet), try await stage.connect(eventful))
      for client in [stranger, user] {
        client.write("hello\r\n")
        check(try await client.line(), "hello")
      }
      stage.listeners.turnOut(.loopbackV4, from: porter)
      do { check(try await stranger.line(), nil) } catch {}
      user.write("still here\r\n")
      check(try await user.line(), "still here")
      user.close()
      while stage.listeners.connectionCount > 0 { await stage.turns(1) }
    }
  }
}
