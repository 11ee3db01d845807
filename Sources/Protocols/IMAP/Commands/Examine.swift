/// EXAMINE: opens a mailbox to look, not to change. RFC 3501 §6.3.2
struct Examine: Command {
  static let verbs: [StaticString] = ["EXAMINE"]

  let mailbox: MailboxArgument

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    mailbox = try parser.mailbox()
  }

  var updates: UpdatePolicy { .none }

  func run(in session: Session) async throws -> Reply? {
    try await session.select(mailbox, isReadOnly: true)
  }
}
