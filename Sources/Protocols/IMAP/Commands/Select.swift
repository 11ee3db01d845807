/// SELECT: opens a mailbox. RFC 3501 §6.3.1
struct Select: Command {
  static let verbs: [StaticString] = ["SELECT"]
  static let updates = UpdatePolicy.none

  let mailbox: MailboxArgument

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    mailbox = try parser.mailbox()
  }
}
