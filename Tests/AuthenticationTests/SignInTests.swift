import Events
import Platform
import Synchronization
import TestKit
import Testing

@testable import Authentication

@Suite struct SignInTests {
  let directory = FakeDirectory()
  let clock = ManualClock()

  func authenticator() -> Authenticator {
    Authenticator(
      directory: directory, clock: clock, entropy: SystemEntropy(), hostName: "mx.test", workers: 1)
  }

  func context(
    _ isEncrypted: Bool = true, client: String = "192.0.2.1", bindings: [String: [UInt8]] = [:]
  ) -> SignInContext {
    SignInContext(
      service: .imap, client: client, session: nil, isEncrypted: isEncrypted, bindings: bindings)
  }

  /// Plays client lines (not yet base64, but for `raw:` ones) and gives the last step as text.
  func play(
    _ authenticator: Authenticator, _ mechanism: String, initial: String? = nil,
    _ lines: [String] = [], encrypted: Bool = true
  ) async -> String {
    func coded(_ line: String) -> [UInt8] {
      line.hasPrefix("raw:") ? Array(line.utf8.dropFirst(4)) : Base64.encode(Array(line.utf8))
    }
    do throws(SignInFailure) {
      var attempt = try authenticator.begin(mechanism, context(encrypted))
      var step = await attempt.start(initial.map(coded))
      for line in lines {
        guard case .challenge = step else { return "early \(step)" }
        step = await attempt.hear(coded(line))
      }
      switch step {
      case .challenge(let text):
        return "+ \(String(decoding: Base64.decode(text) ?? [], as: UTF8.self))"
      case .signedIn(let who): return "hello \(who.address) by \(who.mechanism)"
      case .failed(let failure): return "\(failure)"
      }
    } catch {
      return "\(error)"
    }
  }

  @Test func plainAndLoginDialoguesEndAsTheyShould() async throws {
    try directory.add("user@a.test")
    try directory.add("gone@a.test", slot: 2, mayUse: false)
    let authenticator = authenticator()
    defer { authenticator.stop() }
    let hello = "hello user@a.test by"
    let long = String(repeating: "x", count: 1_025)
    let table: [(String, String?, [String], String)] = [
      ("PLAIN", "\0user@a.test\0pencil", [], "\(hello) PLAIN"),
      ("plain", nil, ["\0user@a.test\0pencil"], "\(hello) PLAIN"),
      ("PLAIN", nil, [], "+ "),
      ("PLAIN", "\0USER@A.test\0pencil", [], "\(hello) PLAIN"),
      ("PLAIN", "user@a.test\0user@a.test\0pencil", [], "\(hello) PLAIN"),
      ("PLAIN", "other@a.test\0user@a.test\0pencil", [], "refused"),
      ("PLAIN", "\0user@a.test\0pen", [], "refused"),
      ("PLAIN", "\0nobody@a.test\0pencil", [], "refused"),
      ("PLAIN", "\0gone@a.test\0pencil", [], "refused"),
      ("PLAIN", "\0user@a.test\0\(long)", [], "refused"),
      ("PLAIN", "\0user@a.test", [], "malformed"),
      ("PLAIN", "\0user@a.test\0", [], "malformed"),
      ("PLAIN", "\0\0pencil", [], "malformed"),
      ("PLAIN", "\0user@a.test\0pencil\0", [], "malformed"),
      ("PLAIN", "raw:=", [], "malformed"),
      ("PLAIN", "raw:", [], "malformed"),
      ("PLAIN", nil, ["raw:*"], "cancelled"),
      ("PLAIN", nil, ["raw:not base64"], "malformed"),
      ("PLAIN", nil, ["raw:AHVzZXI"], "malformed"),
      ("PLAIN", nil, ["raw:===="], "malformed"),
      ("PLAIN", nil, ["raw:" + String(repeating: "A", count: 12_292)], "malformed"),
      ("LOGIN", nil, [], "+ Username:"),
      ("LOGIN", nil, ["user@a.test"], "+ Password:"),
      ("LOGIN", nil, ["user@a.test", "pencil"], "\(hello) LOGIN"),
      ("LOGIN", "user@a.test", ["pencil"], "\(hello) LOGIN"),
      ("LOGIN", nil, ["user@a.test", "pen"], "refused"),
      ("LOGIN", nil, ["user@a.test", "raw:*"], "cancelled"),
      ("LOGIN", nil, ["raw:"], "malformed"),
      ("LOGIN", nil, ["user\0@a.test"], "malformed"),
      ("CRAM-MD5", nil, [], "unknownMechanism"),
      ("GSSAPI", nil, [], "unknownMechanism"),
      ("", nil, [], "unknownMechanism"),
    ]
    for (mechanism, initial, lines, outcome) in table {
      let got = await play(authenticator, mechanism, initial: initial, lines)
      check(got, outcome, "\(mechanism) \(initial ?? "-") \(lines)")
    }
    check(directory.state.withLock { $0.signedIn.count }, 6)
  }

  @Test func scramSignsInKnownUsersAndPutsOnTheSameFaceForOthers() async throws {
    try directory.add("user@a.test")
    try directory.add("gone@a.test", slot: 2, mayUse: false)
    let authenticator = authenticator()
    defer { authenticator.stop() }
    let bindings = ["tls-exporter": [UInt8](1...32)]
    func attempt(_ name: String, _ password: String) async throws -> (String, String) {
      var attempt = try authenticator.begin("SCRAM-SHA-256-PLUS", context(bindings: bindings))
      let client = SCRAMClient(
        name: name, password: password, header: "p=tls-exporter,,", binding: [UInt8](1...32))
      guard case .challenge(let first) = await attempt.start(Base64.encode(client.first)) else {
        return ("?", "?")
      }
      let serverFirst = Base64.decode(first) ?? []
      let salt = String(decoding: serverFirst, as: UTF8.self).split(separator: ",")[1]
      var step = await attempt.hear(Base64.encode(client.last(serverFirst).message))
      if case .challenge = step { step = await attempt.hear([]) }
      switch step {
      case .signedIn(let who): return (String(salt), who.address)
      case .failed(let failure): return (String(salt), "\(failure)")
      case .challenge: return (String(salt), "challenge")
      }
    }
    check(try await attempt("user@a.test", "pencil").1, "user@a.test")
    check(try await attempt("USER@a.test", "pencil").1, "user@a.test")
    check(try await attempt("user@a.test", "pen").1, "refused")
    check(try await attempt("gone@a.test", "pencil").1, "refused")
    let nobody = try await attempt("nobody@a.test", "pencil")
    check(nobody.1, "refused")
    check(nobody.0.count, try await attempt("user@a.test", "pencil").0.count)
    check(try await attempt("Nobody@A.test", "other").0, nobody.0)
    check(
      try await attempt("nobody2@a.test", "other").0 != nobody.0, "names have salts of their own")
  }

  @Test func whatIsOpenInClearFollowsTheDomains() async throws {
    try directory.add("user@a.test")
    let strict = authenticator()
    defer { strict.stop() }
    check(try strict.mechanisms().clear, ["SCRAM-SHA-256"])
    check(
      try strict.mechanisms().encrypted, ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"])
    check(
      await play(strict, "PLAIN", initial: "\0user@a.test\0pencil", encrypted: false),
      "needsEncryption")
    check(await play(strict, "SCRAM-SHA-256-PLUS", encrypted: false), "needsEncryption")
    await #expect(throws: SignInFailure.needsEncryption) {
      try await strict.signIn(
        name: Array("user@a.test".utf8), password: Array("pencil".utf8), context(false))
    }
    try directory.add("open@b.test", slot: 2, takesCRAM: true, takesPlainInClear: true)
    check(try strict.mechanisms().clear, ["SCRAM-SHA-256"], "for a second")
    clock.advance(by: .seconds(1))
    check(try strict.mechanisms().clear, ["SCRAM-SHA-256", "CRAM-MD5", "PLAIN", "LOGIN"])
    check(
      await play(strict, "PLAIN", initial: "\0open@b.test\0pencil", encrypted: false),
      "hello open@b.test by PLAIN")
    check(
      await play(strict, "PLAIN", initial: "\0user@a.test\0pencil", encrypted: false),
      "needsEncryption")
    let who = try await strict.signIn(
      name: Array("open@b.test".utf8), password: Array("pencil".utf8), context(false))
    check(who.mechanism, "LOGIN")
  }

  @Test func cramSignsInWithAContextAndPlainMakesOne() async throws {
    try directory.add("old@a.test", cram: true, takesCRAM: true)
    try directory.add("new@a.test", slot: 2, takesCRAM: true)
    try directory.add("off@a.test", slot: 3, cram: true)
    let authenticator = authenticator()
    defer { authenticator.stop() }
    func attempt(_ name: String, _ password: String) async throws -> String {
      var attempt = try authenticator.begin("CRAM-MD5", context())
      guard case .challenge(let text) = await attempt.start(nil) else { return "?" }
      let digest = Hex.encode(HMAC.md5(key: Array(password.utf8), Base64.decode(text) ?? []))
      switch await attempt.hear(Base64.encode(Array("\(name) \(digest)".utf8))) {
      case .signedIn(let who): return who.mechanism
      case .failed(let failure): return "\(failure)"
      case .challenge: return "challenge"
      }
    }
    check(try await attempt("old@a.test", "pencil"), "CRAM-MD5")
    check(try await attempt("old@a.test", "pen"), "refused")
    check(try await attempt("new@a.test", "pencil"), "refused")
    check(try await attempt("off@a.test", "pencil"), "refused")
    check(try await attempt("nobody@a.test", "pencil"), "refused")
    check(await play(authenticator, "CRAM-MD5", initial: "x"), "malformed")
    for answer in ["", "old@a.test", "old@a.test 00", " " + String(repeating: "0", count: 32)] {
      check(await play(authenticator, "CRAM-MD5", [answer]), "malformed", answer)
    }
    check(
      await play(authenticator, "PLAIN", initial: "\0new@a.test\0pencil"),
      "hello new@a.test by PLAIN")
    let kept = directory.state.withLock { $0.cram.last ?? nil }
    check(kept, try CRAMContext(Array("pencil".utf8)))
    var challenges = Set<[UInt8]>()
    for _ in 0..<10_000 {
      challenges.insert(
        CRAMExchange(entropy: SystemEntropy(), now: clock.now(), hostName: "mx.test").challenge)
    }
    check(challenges.count, 10_000)
  }

  @Test func failuresAreOneSummaryPerAddressAndMinute() async throws {
    try directory.add("user@a.test")
    let authenticator = authenticator()
    defer { authenticator.stop() }
    for (client, name, count) in [
      ("192.0.2.1", "user", 3), ("192.0.2.2", "user", 1), ("192.0.2.2", "none", 1),
    ] {
      for _ in 0..<count {
        await #expect(throws: SignInFailure.refused) {
          try await authenticator.signIn(
            name: Array("\(name)@a.test".utf8), password: [1], context(client: client))
        }
      }
    }
    clock.advance(by: .seconds(60))
    directory.state.withLock { $0.failure = .unavailable }
    await authenticator.journal()
    directory.state.withLock { $0.failure = nil }
    await authenticator.journal()
    await authenticator.journal()
    let refusals = directory.state.withLock { $0.refusals }.sorted { $0.client < $1.client }
    let user = try directory.account(named: "user@a.test", for: .imap)?.user
    check(refusals.map(\.client), ["192.0.2.1", "192.0.2.2"])
    check(refusals.map(\.failures), [3, 2])
    check(refusals.map(\.user), [user, nil])
  }

  @Test func onAFullDiskMailCanStillBeReadAndTheEventFollows() async throws {
    try directory.add("user@a.test")
    let authenticator = authenticator()
    defer { authenticator.stop() }
    directory.state.withLock { $0.failure = .unavailable }
    check(
      await play(authenticator, "PLAIN", initial: "\0user@a.test\0pencil"),
      "hello user@a.test by PLAIN")
    check(directory.state.withLock { $0.signedIn.count }, 0)
    await authenticator.journal()
    directory.state.withLock { $0.failure = nil }
    await authenticator.journal()
    await authenticator.journal()
    check(directory.state.withLock { $0.signedIn.map(\.address) }, ["user@a.test"])
    directory.state.withLock { $0.failure = .stopping }
    check(await play(authenticator, "PLAIN", initial: "\0user@a.test\0pencil"), "unavailable")
    directory.state.withLock { $0.failure = .refused }
    check(await play(authenticator, "PLAIN", initial: "\0user@a.test\0pencil"), "refused")
  }
}
