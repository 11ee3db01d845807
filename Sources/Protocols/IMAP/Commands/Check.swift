/// CHECK: a checkpoint of the mailbox. Every change is durable when its command ends, so there is
/// nothing left to do. RFC 3501 §6.4.1
struct Check: Command {
  static let verbs: [StaticString] = ["CHECK"]
  static let stages = Stages.selected

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {}

  func run(in session: Session) async throws -> Reply? { .ok("Everything is durable") }
}
