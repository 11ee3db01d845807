/// SUBSCRIBE: puts a name on the list that LSUB shows. RFC 3501 §6.3.6
struct Subscribe: Command {
  static let verbs: [StaticString] = ["SUBSCRIBE"]

  let mailbox: MailboxArgument

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    mailbox = try parser.mailbox()
  }
}
