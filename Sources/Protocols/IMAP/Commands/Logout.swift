/// LOGOUT: the client wants no more. RFC 3501 §6.1.3
struct Logout: Command {
  static let verbs: [StaticString] = ["LOGOUT"]
  static let stages = Stages.any

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {}

  var updates: UpdatePolicy { .none }

  func run(in session: Session) async throws -> Reply? {
    session.sayBye("Logging out")
    return .ok("Bye")
  }
}
