import Events
import Glibc
import Ledger
import Platform
import State
import TestKit
import Testing

@testable import Authentication

@Suite struct NodeSignInTests {
  static let operator0 = Origin(actor: .operator(uid: 0))

  /// A domain with an administrator in a new data directory.
  struct Cell {
    let scratch: ScratchDirectory
    let node: Node
    /// Of the authenticator alone.
    let clock = ManualClock()
    let authenticator: Authenticator
    let domain: DomainID
    let user: UserID

    init() async throws {
      let scratch = try ScratchDirectory()
      try Journal.create(at: scratch.path("data"), application: "test").close()
      var options = Node.Options(onEnd: { _ in })
      options.surroundings.diagnostics = Diagnostics(least: .error)
      node = try await Node.open(scratch.path("data"), options)
      let verifier = try PasswordVerifier.make(
        Array("correct horse".utf8), iterations: 4_096, entropy: node.entropy)
      let user = try NewUser(
        localPart: "alice", verifier: verifier.coded, entropy: node.entropy, at: node.clock.now())
      let made = CreateDomain(
        try DomainName("a.test"), administrator: user, entropy: node.entropy, at: node.clock.now())
      let created = try await node.scribe.perform(made, origin: operator0).answer
      domain = created.domain
      self.user = created.administrator
      self.scratch = scratch
      authenticator = Authenticator(
        directory: NodeDirectory(node), clock: clock, entropy: node.entropy, hostName: "mx.test",
        workers: 1)
    }

    func set(_ target: SettingTarget, _ key: String, _ value: String?) async throws {
      let change = ChangeSettings(target, [.init(key, value)])
      _ = try await node.scribe.perform(change, origin: operator0)
    }

    func signIn(
      _ name: String, _ password: String, _ service: SignInService = .imap
    ) async -> Result<SignedIn, SignInFailure> {
      let context = SignInContext(
        service: service, client: "192.0.2.7", session: nil, isEncrypted: true)
      do throws(SignInFailure) {
        return .success(
          try await authenticator.signIn(
            name: Array(name.utf8), password: Array(password.utf8), context))
      } catch {
        return .failure(error)
      }
    }

    func events() throws -> [Event] {
      let decoder = node.journal.reader.decoder()
      return try node.journal.reader.records(after: .zero).map { try decoder.decode($0).event }
    }

    func end() async {
      await node.stop()
      authenticator.stop()
    }
  }

  @Test func whoMaySignInDoesAndIsJournaled() async throws {
    let cell = try await Cell()
    let who = try await cell.signIn("Alice@A.test", "correct horse").get()
    check(who.user, cell.user)
    check(who.domain, cell.domain)
    check(who.address, "alice@a.test")
    check(who.isAdministrator, true)
    for (name, password) in [
      ("alice@a.test", "wrong"), ("bob@a.test", "correct horse"), ("alice@b.test", "correct horse"),
      ("alice", "correct horse"), ("", "correct horse"), ("@", "x"), ("alice@a.test", ""),
    ] {
      check(await cell.signIn(name, password), .failure(.refused), "\(name) \(password)")
    }
    for (target, key, off) in [
      (SettingTarget.user(cell.user), "user.disabled", "on"),
      (.domain(cell.domain), "domain.disabled", "on"),
      (.user(cell.user), "service.imap", "off"), (.domain(cell.domain), "service.imap", "off"),
    ] {
      try await cell.set(target, key, off)
      check(await cell.signIn("alice@a.test", "correct horse"), .failure(.refused), key)
      try await cell.set(target, key, nil)
      _ = try await cell.signIn("alice@a.test", "correct horse").get()
    }
    try await cell.set(.user(cell.user), "service.pop", "off")
    check(await cell.signIn("alice@a.test", "correct horse", .pop), .failure(.refused))
    check(try cell.authenticator.mechanisms().encrypted.last, "LOGIN")
    await cell.authenticator.journal()
    let events = try cell.events()
    let signedIn = events.compactMap {
      if case .sessionSignedIn(let event) = $0 { event } else { nil }
    }
    check(signedIn.count, 5)
    check(signedIn.first?.client.value, "192.0.2.7")
    check(signedIn.first?.mechanism, "LOGIN")
    let refused = events.compactMap {
      if case .sessionRefused(let event) = $0 { event } else { nil }
    }
    check(refused.map(\.failures).sorted(), [1, 11])
    await cell.end()
  }

  @Test func aChangedPasswordEndsTheOldOneAtOnce() async throws {
    let cell = try await Cell()
    _ = try await cell.signIn("alice@a.test", "correct horse").get()
    let verifier = try PasswordVerifier.make(
      Array("battery".utf8), iterations: 4_096, entropy: cell.node.entropy)
    let change = ChangePassword(cell.user, verifier: verifier.coded)
    _ = try await cell.node.scribe.perform(change, origin: Origin(actor: .user(cell.user)))
    check(await cell.signIn("alice@a.test", "correct horse"), .failure(.refused))
    _ = try await cell.signIn("alice@a.test", "battery").get()
    await cell.end()
  }

  @Test func cramWorksFromTheNextPlainSignInWhereTheDomainWantsIt() async throws {
    let cell = try await Cell()
    func cram() async throws -> SignInAttempt.Step {
      let context = SignInContext(
        service: .imap, client: "192.0.2.7", session: nil, isEncrypted: true)
      var attempt = try cell.authenticator.begin("CRAM-MD5", context)
      guard case .challenge(let text) = await attempt.start(nil) else {
        return .failed(.malformed)
      }
      let challenge = Base64.decode(text) ?? []
      let digest = Hex.encode(HMAC.md5(key: Array("correct horse".utf8), challenge))
      return await attempt.hear(Base64.encode(Array("alice@a.test \(digest)".utf8)))
    }
    await #expect(throws: SignInFailure.unknownMechanism) { try await cram() }
    try await cell.set(.domain(cell.domain), "authentication.cram_md5", "on")
    cell.clock.advance(by: .seconds(1))
    check(try await cram(), .failed(.refused))
    _ = try await cell.signIn("alice@a.test", "correct horse").get()
    guard case .signedIn(let who) = try await cram() else {
      Issue.record("CRAM-MD5 is refused")
      return await cell.end()
    }
    check(who.mechanism, "CRAM-MD5")
    await cell.end()
    var canSee = false
    for file in try Self.files(below: cell.scratch.path) {
      if try Self.holds(file, Array("session.signed_in".utf8)) { canSee = true }
      check(try !Self.holds(file, Array("correct horse".utf8)), "the password lies in \(file)")
    }
    check(canSee, "what is not secret is found")
  }

  @Test func decoysStayTheSameOverARestart() async throws {
    let cell = try await Cell()
    let before = try NodeDirectory(cell.node).decoyKey()
    let directory = NodeDirectory(cell.node)
    check(directory.canonical("Alice@B\u{dc}CHER.test"), "alice@xn--bcher-kva.test")
    check(directory.canonical("Alice@not a name"), "alice@not a name")
    await cell.end()
    let node = try await Node.open(cell.scratch.path("data"), Node.Options(onEnd: { _ in }))
    check(try NodeDirectory(node).decoyKey() == before, "the key of decoys is kept")
    await node.stop()
  }

  static func files(below path: String) throws -> [String] {
    try Directory.list(path).flatMap { name -> [String] in
      let below = "\(path)/\(name)"
      return try Directory.status(below).isDirectory ? files(below: below) : [below]
    }
  }

  static func holds(_ path: String, _ needle: [UInt8]) throws -> Bool {
    let file = try Descriptor.open(path, [.read])
    let (size, step) = (try file.size(), UInt64(1 << 22))
    for start in stride(from: UInt64(0), to: size, by: Int(step)) {
      let count = min(step + UInt64(needle.count), size - start)
      let bytes = try file.pread(Int(count), at: start)
      var from = 0
      while let found = bytes.withUnsafeBytes({ bytes -> Int? in
        guard let base = bytes.baseAddress,
          let hit = memchr(base + from, Int32(needle[0]), bytes.count - from)
        else { return nil }
        return UnsafeRawPointer(hit) - base
      }) {
        if bytes[found...].starts(with: needle) { return true }
        from = found + 1
      }
    }
    return false
  }
}
