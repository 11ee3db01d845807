/// CLOSE: removes the messages marked \Deleted without saying so, and leaves the mailbox.
/// RFC 3501 §6.4.2
struct Close: Command {
  static let verbs: [StaticString] = ["CLOSE"]
  static let stages = Stages.selected

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {}

  var updates: UpdatePolicy { .none }

  func run(in session: Session) async throws -> Reply? {
    let view = try session.selectedView()
    if !view.isReadOnly, view.uids.last > 0 { try await session.expunge([1...view.uids.last]) }
    session.leaveMailbox()
    return .ok("Mailbox closed")
  }
}
