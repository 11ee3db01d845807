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

  func run(in session: Session) async throws -> Reply? {
    _ = try session.changeableView()
    let named = try session.resolve(messages)
    let moved = try await session.copy(named, to: mailbox, isMove: true)
    // The code stands before the EXPUNGE responses, which tell what it is about. RFC 6851 §4.3
    if let code = moved.code { session.say { $0.information(code, "Moved") } }
    guard messages.isUID || moved.source.total == named.total else {
      throw CommandRefused.expunged
    }
    return .ok("Moved")
  }
}
