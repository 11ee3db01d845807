/// MOVE: puts messages into another mailbox instead. RFC 6851 §3
struct Move: Command {
  static let verbs: [StaticString] = ["MOVE", "UID MOVE"]
  static let stages = Stages.selected

  let messages: MessageSet
  let mailbox: MailboxArgument

  // move = "MOVE" SP sequence-set SP mailbox
  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    messages = MessageSet(set: try parser.sequenceSet(), isUID: isUID)
    try parser.space()
    mailbox = try parser.mailbox()
  }
}
