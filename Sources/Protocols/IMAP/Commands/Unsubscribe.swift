import State

/// UNSUBSCRIBE: takes a name off the list that LSUB shows. RFC 3501 §6.3.7
struct Unsubscribe: Command {
  static let verbs: [StaticString] = ["UNSUBSCRIBE"]

  let mailbox: MailboxArgument

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    mailbox = try parser.mailbox()
  }

  func run(in session: Session) async throws -> Reply? {
    _ = try await session.decide(
      SetSubscription(
        user: try session.signedInUser().id, name: try session.mailboxName(mailbox),
        isSubscribed: false))
    return .ok("Unsubscribed")
  }
}
