/// UNSELECT: leaves the mailbox and changes nothing in it. RFC 3691 §2
struct Unselect: Command {
  static let verbs: [StaticString] = ["UNSELECT"]
  static let stages = Stages.selected
  static let updates = UpdatePolicy.none

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {}

  func run(in session: Session) async throws -> Reply {
    session.leaveMailbox()
    return .ok("Mailbox left")
  }
}
