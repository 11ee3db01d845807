/// NOOP: nothing, which lets waiting updates be sent. RFC 3501 §6.1.2
struct Noop: Command {
  static let verbs: [StaticString] = ["NOOP"]
  static let stages = Stages.any

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {}

  func run(in session: Session) async throws -> Reply? { .ok("Nothing done") }
}
