import Events
import Ledger
import Platform
import TestKit

@testable import State

/// A node on a real journal in a scratch directory.
final class Cell: Sendable {
  let scratch: ScratchDirectory
  let entropy = SeededEntropy(seed: 11)
  var data: String { scratch.path("data") }

  init() throws {
    scratch = try ScratchDirectory()
    try Journal.create(at: scratch.path("data"), application: "test").close()
  }

  func open(boot: ID? = nil) async throws -> Node {
    var options = Node.Options(onEnd: { _ in })
    options.surroundings.diagnostics = .none
    options.scribe.ballastBytes = 0
    if let boot { options.surroundings.clock = BootedClock(boot: boot) }
    return try await Node.open(data, options)
  }

  func createDomain(_ node: Node, _ name: String = "a.test") async throws -> CreateDomain.Created {
    let user = try NewUser(
      localPart: "admin", verifier: [1], entropy: entropy, at: node.clock.now())
    let decision = CreateDomain(
      try DomainName(name), administrator: user, entropy: entropy, at: node.clock.now())
    return try await node.scribe.perform(decision, origin: .server).answer
  }

  /// Appends a small message to the inbox of a user.
  func append(_ node: Node, _ user: UserID, _ body: String = "Subject: x\r\n\r\ny\r\n") async throws
  {
    let inbox = try node.state.read { try $0.mailbox(named: .inbox, of: user)!.id }
    let key = entropy.key()
    let sealed = ContentSealer.seal(Array(body.utf8), dataKey: key, entropy: entropy)
    let parcel = MessageParcel(
      message: MessageID(rawValue: entropy.id()), content: sealed.id, key: key,
      size: sealed.plainLength, sha256: sealed.sha256, travels: true, envelope: nil, structure: nil)
    _ = try await node.scribe.perform(
      AppendMessage(parcel, user: user, mailbox: inbox), origin: Origin(actor: .user(user)),
      bodies: [sealed])
  }
}

/// The system's clock after a restart of the machine.
struct BootedClock: Clock {
  let boot: ID
  func now() -> Timestamp { SystemClock().now() }
  func sinceBoot() -> UInt64 { SystemClock().sinceBoot() }
  func bootID() -> ID { boot }
}
