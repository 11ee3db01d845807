import State

/// DELETE: removes a mailbox with its messages. RFC 3501 §6.3.4
struct Delete: Command {
  static let verbs: [StaticString] = ["DELETE"]

  let mailbox: MailboxArgument

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    mailbox = try parser.mailbox()
  }

  func run(in session: Session) async throws -> Reply? {
    let deleted = try await session.decide(
      DeleteMailbox(
        user: try session.signedInUser().id, name: try session.mailboxName(mailbox)))
    if session.view?.mailbox == deleted.answer { session.leaveMailbox() }
    return .ok("Mailbox deleted")
  }
}
