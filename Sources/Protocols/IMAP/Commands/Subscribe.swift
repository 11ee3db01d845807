import State

/// SUBSCRIBE: puts a name on the list that LSUB shows. RFC 3501 §6.3.6
struct Subscribe: Command {
  static let verbs: [StaticString] = ["SUBSCRIBE"]

  let mailbox: MailboxArgument

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    mailbox = try parser.mailbox()
  }

  func run(in session: Session) async throws -> Reply? {
    _ = try await session.decide(
      SetSubscription(
        user: try session.signedInUser().id, name: try session.mailboxName(mailbox),
        isSubscribed: true))
    return .ok("Subscribed")
  }
}
