/// COPY: puts messages into another mailbox too. RFC 3501 §6.4.7, RFC 4315 §3
struct Copy: Command {
  static let verbs: [StaticString] = ["COPY", "UID COPY"]
  static let stages = Stages.selected

  let messages: MessageSet
  let mailbox: MailboxArgument

  // copy = "COPY" SP sequence-set SP mailbox
  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    messages = MessageSet(set: try parser.sequenceSet(), isUID: isUID)
    try parser.space()
    mailbox = try parser.mailbox()
  }

  func run(in session: Session) async throws -> Reply? {
    let named = try session.resolve(messages)
    let copied = try await session.copy(named, to: mailbox, isMove: false)
    guard messages.isUID || copied.source.total == named.total else {
      throw CommandRefused.expunged
    }
    return .ok("Copied", copied.code)
  }
}
