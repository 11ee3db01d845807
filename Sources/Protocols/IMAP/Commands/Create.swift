import Platform
import State

/// CREATE: makes a mailbox. RFC 3501 §6.3.3
struct Create: Command {
  static let verbs: [StaticString] = ["CREATE"]

  let mailbox: MailboxArgument

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    mailbox = try parser.mailbox()
  }

  func run(in session: Session) async throws -> Reply? {
    let node = session.service.node
    _ = try await session.decide(
      CreateMailbox(
        user: try session.signedInUser().id, name: try session.mailboxName(mailbox),
        entropy: node.entropy, at: node.clock.now()))
    return .ok("Mailbox created")
  }
}
