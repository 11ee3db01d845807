import Authentication
import Events
import Ledger
import Network
import Platform
import State
import TestKit

@testable import Protection
@testable import SMTP

/// A server on a scratch directory: mx.test with alice, who administers it, and bob; SMTP,
/// submission and submission over TLS on loopback.
struct SMTPCell: Sendable {
  static let operator0 = Origin(actor: .operator(uid: 0))

  let loop: EventLoop
  let node: Node
  let domain: DomainID
  let alice: UserID
  let bob: UserID
  /// By service: `smtp`, `submission`, `submissions`, `lmtp`, `local`.
  let addresses: [String: SocketAddress]
  let listeners: Listeners
  /// By default loopback is whitelisted.
  let sentry: Sentry
  let clientTLS: TLSContext

  /// Runs `body` on a loop with a new cell, then stops everything.
  static func run(_ body: @escaping @Sendable (SMTPCell) async throws -> Void) async throws {
    let scratch = try ScratchDirectory()
    let data = scratch.path("data")
    var surroundings = Journal.Surroundings()
    surroundings.diagnostics = .none
    try Journal.create(at: data, application: "test", surroundings: surroundings).close()
    var options = Node.Options(onEnd: { fatalError("the node ended: \($0)") })
    options.surroundings = surroundings
    options.scribe.ballastBytes = 0
    let node = try await Node.open(data, options)
    let loops = try EventLoops(count: 1)
    let listeners = Listeners(loops: loops, connections: 4_096)
    let authenticator = Authenticator(node, hostName: "mx.test", workers: 1)
    let task = Task(executorPreference: loops.all[0]) {
      try await body(
        try await SMTPCell(
          node, loops.all[0], listeners, authenticator, socket: scratch.path("submit")))
    }
    let result = await task.result
    await listeners.stop(grace: .zero)
    loops.stop()
    await node.stop()
    authenticator.stop()
    try result.get()
  }

  private init(
    _ node: Node, _ loop: EventLoop, _ listeners: Listeners, _ authenticator: Authenticator,
    socket: String
  ) async throws {
    (domain, alice, bob) = try await Self.populate(node)
    let files = try SelfSignedCertificate.make(hostNames: ["mx.test"], now: node.clock.now())
    let identity = try TLSIdentity(chain: files.certificate, key: files.key)
    let sentry = try Sentry(node)
    let smtp = SMTPService(
      node: node, tls: try TLSContext(server: [identity]), authenticator: authenticator,
      sentry: sentry, hostName: "mx.test")
    let kinds: [(String, SMTPPolicy.Role, Bool)] = [
      ("smtp", .relay, false), ("submission", .submission, false),
      ("submissions", .submission, true), ("lmtp", .lmtp, false), ("local", .local, false),
    ]
    var addresses: [String: SocketAddress] = [:]
    for (name, role, isImplicit) in kinds {
      let limits = Service.Limits(perAddress: 0, total: 0)
      addresses[name] = try listeners.open(
        role == .local ? .unix(path: socket) : .ip(.loopbackV4, port: 0),
        Service(name: name, limits: limits) {
          await smtp.serve($0, as: role, implicitTLS: isImplicit)
        })
    }
    clientTLS = try TLSContext(client: .anyone)
    (self.node, self.loop, self.addresses, self.listeners) = (node, loop, addresses, listeners)
    self.sentry = sentry
  }

  private static func populate(_ node: Node) async throws -> (DomainID, UserID, UserID) {
    let verifier = try PasswordVerifier.make(
      Array("secret".utf8), iterations: 4, entropy: node.entropy
    ).coded
    func user(_ name: String) throws -> NewUser {
      try NewUser(
        localPart: name, verifier: verifier, entropy: node.entropy, at: node.clock.now())
    }
    let created = try await node.scribe.perform(
      CreateDomain(
        try DomainName("mx.test"), administrator: try user("alice"), entropy: node.entropy,
        at: node.clock.now()), origin: operator0
    ).answer
    let bob = try await node.scribe.perform(
      AddUser(try user("bob"), to: created.domain), origin: operator0
    ).answer
    return (created.domain, created.administrator, bob)
  }

  func connect(_ service: String = "smtp") async throws -> Connection {
    try await .connect(
      to: addresses[service] ?? .unix(path: ""), on: loop, within: .seconds(20))
  }

  func set(_ target: SettingTarget, _ key: String, _ value: String) async throws {
    let change = ChangeSettings(target, [.init(key, value)])
    _ = try await node.scribe.perform(change, origin: Self.operator0)
    try sentry.follow()
  }

  /// Waits for a few turns of the loop: what was sent to a connection of it has been read then.
  func turns(_ count: Int = 3) async {
    for _ in 0..<count {
      await withUnsafeContinuation { continuation in loop.submit { continuation.resume() } }
    }
  }

  /// The messages in a user's inbox, whole.
  func inbox(of user: UserID? = nil) throws -> [[UInt8]] {
    let stored = try node.state.read { view -> [(StoredMessage, Slot)] in
      guard let owner = try view.user(user ?? bob),
        let inbox = try view.mailbox(named: .inbox, of: owner.id)
      else { return [] }
      var rows: [MessageRow] = []
      try view.messages(in: inbox.id, uids: UID.first ... .last) { _, row in
        rows.append(row)
        return true
      }
      return try rows.compactMap { row in try view.stored(row).map { ($0, owner.key) } }
    }
    return try stored.map { message, slot in
      guard let body = message.content.body,
        let wrap = message.content.wraps.first(where: { $0.slot == slot }),
        let key = node.journal.keyring.unwrap(wrap)
      else { throw ContentError.absent(ContentID(rawValue: .zero)) }
      var octets = message.prefix
      var offset: UInt64 = 0
      while offset < message.content.bodyLength {
        let end = min(offset + 65_536, message.content.bodyLength)
        octets += try node.journal.content.read(body, dataKey: key, offset..<end)
        offset = end
      }
      return octets
    }
  }
}
