import Authentication
import Events
import Ledger
import Network
import Platform
import State
import TestKit
import Testing

@testable import POP

/// A server on a scratch directory: one domain, one user, POP3 in clear and over TLS on loopback.
struct POPCell: Sendable {
  static let operator0 = Origin(actor: .operator(uid: 0))
  static let home = SocketAddress.ip(.loopbackV4, port: 0)

  let loop: EventLoop
  let listeners: Listeners
  let node: Node
  let service: POPService
  let user: UserID
  let domain: DomainID
  let inbox: MailboxID
  let clear: SocketAddress
  let encrypted: SocketAddress
  let clientTLS: TLSContext

  /// Runs `body` on a loop with the cell in `scratch`, which is made where it is empty; then stops
  /// everything.
  static func run(
    in scratch: ScratchDirectory? = nil,
    _ body: @escaping @Sendable (POPCell) async throws -> Void
  ) async throws {
    let scratch = try scratch ?? ScratchDirectory()
    let data = scratch.path("data")
    if !Directory.exists(data) { try Journal.create(at: data, application: "test").close() }
    var options = Node.Options(onEnd: { _ in })
    options.surroundings.diagnostics = .none
    options.scribe.ballastBytes = 1 << 20
    options.scribe.resumeBytes = 0
    let node = try await Node.open(data, options)
    let loops = try EventLoops(count: 1)
    let listeners = Listeners(loops: loops, connections: 4_096)
    let authenticator = Authenticator(
      directory: NodeDirectory(node), clock: node.clock, entropy: node.entropy,
      hostName: "mx.test", workers: 1)
    let task = Task(executorPreference: loops.all[0]) {
      try await body(try await POPCell(node, loops.all[0], listeners, authenticator))
    }
    let result = await task.result
    await listeners.stop(grace: .zero)
    loops.stop()
    await node.stop()
    authenticator.stop()
    try result.get()
  }

  private init(
    _ node: Node, _ loop: EventLoop, _ listeners: Listeners, _ authenticator: Authenticator
  ) async throws {
    let (user, domain) = try await Self.alice(node)
    let files = try SelfSignedCertificate.make(hostNames: ["mx.test"], now: node.clock.now())
    let identity = try TLSIdentity(chain: files.certificate, key: files.key)
    let service = POPService(
      node: node, tls: try TLSContext(server: [identity]), authenticator: authenticator,
      hostName: "mx.test")
    let limits = Service.Limits(perAddress: 0, total: 0)
    clear = try listeners.open(
      Self.home,
      Service(name: "pop", limits: limits) { await service.serve($0) })
    encrypted = try listeners.open(
      Self.home,
      Service(name: "pops", limits: limits) { await service.serve($0, implicitTLS: true) })
    inbox =
      try node.state.read { try $0.mailbox(named: .inbox, of: user)?.id }
      ?? MailboxID(rawValue: .zero)
    clientTLS = try TLSContext(client: .anyone)
    (self.node, self.loop, self.listeners, self.service) = (node, loop, listeners, service)
    (self.user, self.domain) = (user, domain)
  }

  private static func alice(_ node: Node) async throws -> (UserID, DomainID) {
    let known = try node.state.read { try $0.user(signingInAs: "alice@example.test") }
    if let known { return (known.id, known.domain) }
    let verifier = try PasswordVerifier.make(
      Array("correct horse 1".utf8), iterations: 4_096, entropy: node.entropy)
    let user = try NewUser(
      localPart: "alice", verifier: verifier.coded, entropy: node.entropy, at: node.clock.now())
    let made = CreateDomain(
      try DomainName("example.test"), administrator: user, entropy: node.entropy,
      at: node.clock.now())
    let created = try await node.scribe.perform(made, origin: operator0).answer
    return (created.administrator, created.domain)
  }

  func connect(_ address: SocketAddress? = nil) async throws -> POPClient {
    let connection = try await Connection.connect(
      to: address ?? clear, on: loop, within: .seconds(20))
    return POPClient(connection: connection, tls: clientTLS)
  }

  /// A client over TLS that has read the greeting.
  func greeted() async throws -> POPClient {
    let client = try await connect(encrypted)
    try await client.act("tls")
    check(try await client.line(), "+OK mx.test Daybook ready")
    return client
  }

  /// A client that has signed in.
  func signedIn() async throws -> POPClient {
    let client = try await greeted()
    let answer = try await client.signIn()
    check(answer.hasPrefix("+OK "), "signed in: \(answer)")
    return client
  }

  /// Tries to sign in until the maildrop is free, for a second; the last answer.
  func signInWithinASecond(_ client: POPClient) async throws -> String {
    let start = node.clock.sinceBoot()
    var answer = try await client.signIn()
    while answer.hasPrefix("-ERR [IN-USE]"), node.clock.sinceBoot() - start < 1_000_000_000 {
      answer = try await client.signIn()
    }
    return answer
  }

  /// Waits for a few turns of the loop: what was sent to a connection of it has been read then.
  func turns(_ count: Int = 3) async {
    for _ in 0..<count {
      await withUnsafeContinuation { continuation in loop.submit { continuation.resume() } }
    }
  }

  func set(_ target: SettingTarget, _ key: String, _ value: String?) async throws {
    let change = ChangeSettings(target, [.init(key, value)])
    _ = try await node.scribe.perform(change, origin: Self.operator0)
  }
}
