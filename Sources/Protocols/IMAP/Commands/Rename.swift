/// RENAME: gives a mailbox, and those below it, another name. RFC 3501 §6.3.5
struct Rename: Command {
  static let verbs: [StaticString] = ["RENAME"]

  let old: MailboxArgument
  let new: MailboxArgument

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    old = try parser.mailbox()
    try parser.space()
    new = try parser.mailbox()
  }
}
