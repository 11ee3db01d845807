import COpenSSL
import Platform
import TestKit
import Testing

@testable import Network

@Suite struct TLSTests {
  static func identity(_ names: String...) throws -> TLSIdentity {
    let files = try SelfSignedCertificate.make(hostNames: names, now: SystemClock().now())
    return try TLSIdentity(chain: files.certificate, key: files.key)
  }

  /// Echoes; `STARTTLS` encrypts, and says in clear when it may not.
  @Sendable static func startTLSEcho(
    _ context: TLSContext
  ) -> @Sendable (Connection) async -> Void {
    { connection in
      do {
        while let line = try await connection.readLine(limit: 512, within: .seconds(30)) {
          guard line.elementsEqual("STARTTLS".utf8) else {
            connection.write("\(connection.isEncrypted ? "secret" : "clear") ")
            connection.write(line)
            connection.write("\r\n")
            continue
          }
          if connection.hasBufferedInput {
            connection.write("501 no\r\n")
            return
          }
          connection.write("220 go\r\n")
          try await connection.startTLS(context)
        }
      } catch {
        return
      }
    }
  }

  static func length(of kind: ChannelBinding, _ version: Int32) -> Int {
    switch kind {
    case .exporter, .serverEndPoint: 32
    case .unique: version == TLS1_2_VERSION ? 12 : 0
    }
  }

  @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
  func bothEndsAgreeOnFactsAndBindings(version: Int32) async throws {
    let server = try TLSContext(server: [Self.identity("mx.test")])
    let client = try TLSContext(client: .anyone)
    cossl_most_version(client.pointer, version)
    try await Stage.run { stage in
      let address = try stage.open { connection in
        do {
          try await connection.startTLS(server)
          let facts = connection.tls
          check(facts?.serverName, "mx.test")
          check(facts?.version, version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3")
          check((facts?.bits ?? 0) >= 128, "a strong cipher")
          for kind in ChannelBinding.allCases {
            let binding = connection.channelBinding(kind) ?? []
            check(binding.count, Self.length(of: kind, version), "\(kind)")
            connection.write([UInt8(binding.count)] + binding)
          }
          try await connection.flush()
        } catch {
          Issue.record("\(error)")
        }
      }
      let connection = try await stage.connect(address)
      check(connection.channelBinding(.exporter), nil)
      try await connection.startTLS(client, serverName: "MX.test")
      check(connection.tls?.cipher.isEmpty, false)
      for kind in ChannelBinding.allCases {
        let count = try await connection.readExactly(1, within: .seconds(20))
        let theirs = try await connection.readExactly(Int(count[0]), within: .seconds(20))
        check(connection.channelBinding(kind) ?? [], theirs, "\(kind)")
      }
      let identity = try #require(server.identity(for: nil))
      check(connection.channelBinding(.serverEndPoint), identity.fingerprint.bytes)
      connection.close()
    }
  }

  @Test func clearTextBehindStartTLSIsNeverAnsweredAtAnySplit() async throws {
    let server = try TLSContext(server: [Self.identity("mx.test")])
    let client = try TLSContext(client: .anyone)
    let attack = Array("STARTTLS\r\nNOOP\r\n".utf8)
    try await Stage.run { stage in
      let address = try stage.open(serve: Self.startTLSEcho(server))
      for split in 0...attack.count {
        let connection = try await stage.connect(address)
        connection.write(attack[..<split])
        try await connection.flush()
        await stage.turns()
        connection.write(attack[split...])
        try await connection.flush()
        let answer = try await connection.line()
        if answer == "501 no" {
          check(try? await connection.line(), nil, "split \(split)")
          connection.close()
          continue
        }
        check(answer, "220 go")
        // The handshake of the server meets NOOP and ends; nothing is answered after it.
        do {
          try await connection.startTLS(client)
          connection.write("after\r\n")
          let late = try await connection.line()
          check(late == nil, "split \(split) was answered \(late ?? "")")
        } catch {
          continue
        }
        Issue.record("split \(split): TLS began behind injected text")
      }
      let honest = try await stage.connect(address)
      honest.write("one\r\n")
      check(try await honest.line(), "clear one")
      honest.write("STARTTLS\r\n")
      check(try await honest.line(), "220 go")
      try await honest.startTLS(client)
      honest.write("two\r\nthree\r\n")
      check(try await honest.line(), "secret two")
      check(try await honest.line(), "secret three")
      honest.close()
    }
  }

  @Test func startTLSItselfRefusesBufferedClearText() async throws {
    let server = try TLSContext(server: [Self.identity("mx.test")])
    try await Stage.run { stage in
      let address = try stage.open { connection in
        do throws(ConnectionFailure) {
          _ = try await connection.readLine(limit: 512, within: .seconds(30))
          try await connection.startTLS(server)
          Issue.record("TLS began over buffered text")
        } catch {
          check(error, .plaintextBeforeTLS)
          connection.write("refused\r\n")
        }
      }
      let client = try await stage.connect(address)
      client.write("STARTTLS\r\nNOOP\r\n")
      check(try await client.line(), "refused")
      client.close()
    }
  }

  @Test func theCertificateFollowsTheNameAndIsReplacedWhileRunning() async throws {
    let first = try Self.identity("first.test")
    let second = try Self.identity("second.test", "*.wild.test")
    let server = try TLSContext(server: [first, second])
    let client = try TLSContext(client: .anyone)
    try await Stage.run { stage in
      let service = Service(name: "tls", tls: server, serve: echo)
      let address = try stage.listeners.open(Stage.home, service)
      func shown(_ name: String?) async throws -> Digest? {
        let connection = try await stage.connect(address)
        defer { connection.close() }
        try await connection.startTLS(client, serverName: name)
        return connection.channelBinding(.serverEndPoint).flatMap { Digest(bytes: $0) }
      }
      check(try await shown("first.test"), first.fingerprint)
      check(try await shown("SECOND.test"), second.fingerprint)
      check(try await shown("a.wild.test"), second.fingerprint)
      check(try await shown("a.b.wild.test"), first.fingerprint)
      check(try await shown("unknown.test"), first.fingerprint)
      check(try await shown(nil), first.fingerprint)
      let third = try Self.identity("second.test")
      try server.reload([third])
      check(try await shown("second.test"), third.fingerprint)
      // Names that were given go before those of the certificates, and stand for what is below.
      try server.reload([third, first], named: ["Domain.test": first, "second.test": first])
      check(try await shown("domain.test"), first.fingerprint)
      check(try await shown("mail.domain.test"), first.fingerprint)
      check(try await shown("second.test"), first.fingerprint)
      check(try await shown("test"), third.fingerprint)
    }
  }

  @Test func theLeastVersionIsChangedWhileRunning() async throws {
    let server = try TLSContext(server: [try Self.identity("mx.test")])
    let old = try TLSContext(client: .anyone)
    cossl_most_version(old.pointer, TLS1_2_VERSION)
    try await Stage.run { stage in
      let address = try stage.listeners.open(
        Stage.home, Service(name: "tls", tls: server, serve: echo))
      for (floor, isSpoken) in [(TLSFloor.tls12, true), (.tls13, false), (.tls12, true)] {
        server.require(floor)
        let connection = try await stage.connect(address)
        defer { connection.close() }
        let spoken = (try? await connection.startTLS(old)) != nil
        check(spoken, isSpoken, "TLS 1.2 where \(floor.rawValue) is the least")
      }
    }
  }

  /// A client that takes any certificate hears of the network's failure, not of the certificate's.
  @Test func aLostConnectionIsNotACertificatesFault() async throws {
    let server = try TLSContext(server: [try Self.identity("mx.test")])
    let client = try TLSContext(client: .anyone)
    try await Stage.run { stage in
      let address = try stage.listeners.open(
        Stage.home,
        Service(name: "tls", tls: server) { connection in
          // Octets that nobody reads make the kernel reset the connection.
          _ = try? await connection.fill(within: .seconds(20))
          connection.close()
        })
      let connection = try await stage.connect(address)
      try await connection.startTLS(client)
      connection.write("one\r\ntwo\r\n")
      try await connection.flush()
      do {
        while try await connection.line() != nil {}
      } catch let failure as ConnectionFailure {
        check(!"\(failure)".contains("certificate"), "\(failure)")
      }
      connection.close()
    }
  }

  @Test func aClientThatVerifiesTakesOnlyTheRightServer() async throws {
    let scratch = try ScratchDirectory()
    let now = SystemClock().now()
    let identity = try SelfSignedCertificate.identity(
      in: scratch.path, hostNames: ["mx.test"], now: now)
    let server = try TLSContext(server: [identity])
    let table: [(TLSContext.Trust, String, Bool)] = [
      (.file(scratch.path("self-made.crt")), "mx.test", true),
      (.file(scratch.path("self-made.crt")), "localhost", true),
      (.file(scratch.path("self-made.crt")), "127.0.0.1", true),
      (.file(scratch.path("self-made.crt")), "192.0.2.1", false),
      (.file(scratch.path("self-made.crt")), "other.test", false),
      (.system, "mx.test", false),
      (.anyone, "other.test", true),
    ]
    try await Stage.run { stage in
      let address = try stage.listeners.open(
        Stage.home, Service(name: "tls", tls: server, serve: echo))
      for (trust, name, isTaken) in table {
        let connection = try await stage.connect(address)
        do {
          try await connection.startTLS(TLSContext(client: trust), serverName: name)
          connection.write("hello\r\n")
          check(try await connection.line(), "hello")
          check(isTaken, "\(trust) took \(name)")
        } catch {
          check(!isTaken, "\(trust) refused \(name): \(error)")
        }
        connection.close()
      }
    }
  }

  @Test func theSelfMadeCertificateIsKeptPrivateAndRenewed() throws {
    let scratch = try ScratchDirectory()
    let now = SystemClock().now()
    func identity(_ names: [String], _ now: Timestamp) throws -> TLSIdentity {
      try SelfSignedCertificate.identity(in: scratch.path, hostNames: names, now: now)
    }
    let made = try identity(["mx.test"], now)
    check(made.hostNames, ["mx.test", "localhost"])
    check(made.addresses, [.loopbackV4, .loopbackV6])
    for name in ["self-made.crt", "self-made.key"] {
      check(try Directory.status(scratch.path(name)).permissions & 0o777, 0o600, name)
    }
    check(try identity(["MX.test"], now).fingerprint, made.fingerprint)
    let later = now.adding(seconds: SelfSignedCertificate.validity - 3_600 - 86_400)
    let renewed = try identity(["mx.test"], later)
    check(renewed.fingerprint != made.fingerprint, "a day before its end it is renewed")
    check(renewed.validUntil > made.validUntil, "it lasts longer")
    let wider = try identity(["mx.test", "imap.test"], later)
    check(wider.hostNames, ["mx.test", "imap.test", "localhost"])
    for name in ["", "a b", "a..b", "a\nIP:192.0.2.1", String(repeating: "a", count: 64)] {
      #expect(throws: TLSRefusal.self) {
        try SelfSignedCertificate.make(hostNames: [name], now: now)
      }
    }
  }

  @Test func ticketKeysRotateAndOldOnesAreForgotten() {
    let entropy = SeededEntropy(seed: 1)
    var keys = TicketKeys(now: 0, entropy: entropy)
    let first = Array(keys.current[..<TicketKeys.nameCount])
    keys.rotate(now: TicketKeys.period - 1, entropy: entropy)
    check(keys.find(first)?.isOld, false)
    keys.rotate(now: TicketKeys.period, entropy: entropy)
    check(keys.find(first)?.isOld, true)
    keys.rotate(now: 2 * TicketKeys.period, entropy: entropy)
    check(keys.find(first) == nil, "keys of twelve hours ago are gone")
    var idle = TicketKeys(now: 0, entropy: entropy)
    let old = Array(idle.current[..<TicketKeys.nameCount])
    idle.rotate(now: 5 * TicketKeys.period, entropy: entropy)
    check(idle.find(old) == nil, "keys of an idle server are gone too")
  }

  @Test func garbageAndSilenceEndTheHandshake() async throws {
    let server = try TLSContext(server: [Self.identity("mx.test")])
    let clock = ManualClock()
    try await Stage.run(clock: clock) { stage in
      let address = try stage.listeners.open(
        Stage.home, Service(name: "tls", tls: server, serve: echo))
      let loud = try await stage.connect(address)
      loud.write("EHLO in the clear\r\n")
      try await loud.flush()
      _ = try? await loud.readExactly(64, within: .seconds(20))
      loud.close()
      let silent = try await stage.connect(address)
      while stage.listeners.connectionCount != 1 { await stage.turns(1) }
      await stage.turns()
      clock.advance(by: .seconds(31))
      while stage.listeners.connectionCount > 0 { await stage.turns(1) }
      check(try? await silent.line(), nil)
      silent.close()
    }
  }
}
