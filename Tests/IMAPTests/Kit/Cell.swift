import Authentication
import Events
import Ledger
import Network
import Platform
import State
import TestKit

@testable import IMAP

/// A whole server for IMAP on a scratch directory, with two users, and a loop for clients.
final class Cell: Sendable {
  static let password = "correct horse 1"

  let scratch: ScratchDirectory
  let node: Node
  let service: IMAPService
  let listeners: Listeners
  let address: SocketAddress
  let domain: DomainID
  let users: [UserID]
  private let loops: EventLoops
  private let clients: EventLoops
  private let authenticator: Authenticator

  var clientLoop: EventLoop { clients.all[0] }

  /// Runs `body` on the clients' loop with a new cell, and takes it down.
  static func run(
    plainInClear: Bool = true, _ body: @escaping @Sendable (Cell) async throws -> Void
  ) async throws {
    let cell = try await Cell(plainInClear: plainInClear)
    let task = Task(executorPreference: cell.clientLoop) { try await body(cell) }
    let result = await task.result
    await cell.stop()
    try result.get()
  }

  private init(plainInClear: Bool) async throws {
    scratch = try ScratchDirectory()
    let data = scratch.path("data")
    var surroundings = Journal.Surroundings()
    surroundings.diagnostics = .none
    try Journal.create(at: data, application: "test", surroundings: surroundings).close()
    node = try await Node.open(data, Cell.options(surroundings))
    (domain, users) = try await Cell.populate(node)
    authenticator = Authenticator(node, hostName: "mail.example.test", workers: 1)
    try await Cell.set(node, .system, Settings.passwordIterations.key, "4096")
    try await Cell.set(
      node, .domain(domain), Settings.plainWithoutTLS.key, plainInClear ? "on" : "off")
    let identity = try SelfSignedCertificate.identity(
      in: scratch.path, hostNames: ["mail.example.test"], now: node.clock.now())
    service = try IMAPService(
      node: node, tls: try TLSContext(server: [identity]), authenticator: authenticator,
      hostName: "mail.example.test", accessInterval: .zero)
    loops = try EventLoops(count: 2)
    clients = try EventLoops(count: 1)
    listeners = Listeners(loops: loops, connections: 4_096)
    let served = service
    address = try listeners.open(
      .ip(.loopbackV4, port: 0),
      Service(name: "imap", limits: .init(perAddress: 0, total: 0)) { await served.serve($0) })
  }

  private static func options(_ surroundings: Journal.Surroundings) -> Node.Options {
    var options = Node.Options(onEnd: { fatalError("the node ended: \($0)") })
    options.surroundings = surroundings
    options.scribe.ballastBytes = 0
    return options
  }

  /// example.test with alice, who administers it, and bob.
  private static func populate(_ node: Node) async throws -> (DomainID, [UserID]) {
    let verifier = try PasswordVerifier.make(
      Array(password.utf8), iterations: 4, entropy: node.entropy
    ).coded
    let origin = Origin(actor: .operator(uid: 0))
    let alice = try NewUser(
      localPart: "alice", verifier: verifier, entropy: node.entropy, at: node.clock.now())
    let bob = try NewUser(
      localPart: "bob", verifier: verifier, entropy: node.entropy, at: node.clock.now())
    let created = try await node.scribe.perform(
      CreateDomain(
        try DomainName("example.test"), administrator: alice, entropy: node.entropy,
        at: node.clock.now()), origin: origin
    ).answer
    _ = try await node.scribe.perform(AddUser(bob, to: created.domain), origin: origin)
    return (created.domain, [alice.id, bob.id])
  }

  func connect() async throws -> Client {
    Client(try await .connect(to: address, on: clientLoop, within: .seconds(20)))
  }

  /// Changes a setting as the operator does.
  func set(_ target: SettingTarget, _ key: String, _ value: String) async throws {
    try await Cell.set(node, target, key, value)
  }

  private static func set(
    _ node: Node, _ target: SettingTarget, _ key: String, _ value: String
  ) async throws {
    _ = try await node.scribe.perform(
      ChangeSettings(target, [.init(key, value)]), origin: Origin(actor: .operator(uid: 0)))
  }

  private func stop() async {
    await listeners.stop(grace: .zero)
    loops.stop()
    clients.stop()
    authenticator.stop()
    await node.stop()
  }
}
