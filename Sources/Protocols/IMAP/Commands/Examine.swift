/// EXAMINE: opens a mailbox to look, not to change. RFC 3501 §6.3.2
struct Examine: Command {
  static let verbs: [StaticString] = ["EXAMINE"]
  static let updates = UpdatePolicy.none

  let mailbox: MailboxArgument

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    mailbox = try parser.mailbox()
  }
}
