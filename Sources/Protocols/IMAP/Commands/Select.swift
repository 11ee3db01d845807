import State

/// SELECT: opens a mailbox. RFC 3501 §6.3.1
struct Select: Command {
  static let verbs: [StaticString] = ["SELECT"]

  let mailbox: MailboxArgument

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    mailbox = try parser.mailbox()
  }

  var updates: UpdatePolicy { .none }

  func run(in session: Session) async throws -> Reply? {
    try await session.select(mailbox, isReadOnly: session.service.node.isObserver)
  }
}
