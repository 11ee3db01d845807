/// UNSELECT: leaves the mailbox and changes nothing in it. RFC 3691 §2
struct Unselect: Command {
  static let verbs: [StaticString] = ["UNSELECT"]
  static let stages = Stages.selected

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {}

  var updates: UpdatePolicy { .none }

  func run(in session: Session) async throws -> Reply? {
    session.leaveMailbox()
    return .ok("Mailbox left")
  }
}
