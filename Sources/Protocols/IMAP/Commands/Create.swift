/// CREATE: makes a mailbox. RFC 3501 §6.3.3
struct Create: Command {
  static let verbs: [StaticString] = ["CREATE"]

  let mailbox: MailboxArgument

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    mailbox = try parser.mailbox()
  }
}
