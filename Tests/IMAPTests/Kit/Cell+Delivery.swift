import Events
import Ledger
import MailFormat
import Platform
import State

extension Cell {
  /// Files a message for alice as SMTP does, with the lines that delivery puts in front.
  func deliver(_ octets: [UInt8]) async throws {
    let key = node.entropy.key()
    let body = ContentSealer.seal(octets, dataKey: key, entropy: node.entropy)
    var scanner = MessageScanner()
    scanner.feed(octets)
    let facts = scanner.finish().coded()
    let parcel = MessageParcel(
      message: MessageID(rawValue: node.entropy.id()), content: body.id, key: key,
      size: body.plainLength, sha256: body.sha256, travels: true, envelope: facts.envelope,
      structure: facts.structure)
    let address = Array("alice@example.test".utf8)
    let resolution = try node.state.read {
      try $0.resolve(Array("alice".utf8), domain: "example.test")
    }
    guard case .routed(let route) = resolution, let recipient = route.locals.first else {
      throw Client.Failed(text: "alice is not local")
    }
    let transaction = MailTransaction(
      service: "smtp", transport: "ESMTP", sender: Array("sender@example.org".utf8),
      client: "192.0.2.1", helo: Array("example.org".utf8))
    _ = try await node.scribe.perform(
      AcceptMessage(parcel, transaction, targets: [.init(recipient, address: address)]),
      origin: Origin(actor: .peer), bodies: [body])
  }

  /// Marks alice's first message, past her sessions.
  func flag() async throws {
    let inbox = try node.state.read { try $0.mailbox(named: .inbox, of: users[0]) }
    _ = try await node.scribe.perform(
      StoreFlags(
        user: users[0], mailbox: inbox?.id ?? .zero, uids: UIDSet(.first), mode: .add,
        flags: FlagSet(.flagged)), origin: Origin(actor: .server))
  }
}
