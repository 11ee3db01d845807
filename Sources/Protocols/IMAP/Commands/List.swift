import State

/// LIST: the mailboxes whose names a pattern describes. RFC 3501 §6.3.8, RFC 6154 §2, RFC 3348 §3
struct List: Command {
  static let verbs: [StaticString] = ["LIST"]

  let arguments: ListArguments

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    arguments = try parser.listArguments()
  }

  func run(in session: Session) async throws -> Reply? {
    // An empty pattern asks for the separator and the root. RFC 3501 §6.3.8
    if arguments.patterns == [[]] {
      session.say { $0.raw("* LIST (\\Noselect) \"/\" \"\"\r\n") }
      return .ok("Separator given")
    }
    let user = try session.signedInUser()
    let mailboxes = try session.service.node.state.read { try $0.mailboxes(of: user.id) }
    let tree = MailboxTree(mailboxes)
    let patterns = try arguments.patterns.map { try ListPattern(arguments.reference, $0) }
    let found = tree.entries.filter { entry in
      (!arguments.onlySpecialUse || !entry.use.isEmpty)
        && patterns.contains { $0.matches(entry.name) }
    }
    try await session.say(found) { $0.list($1) }
    return .ok("Mailboxes listed")
  }
}
