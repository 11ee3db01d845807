/// CAPABILITY: what the server can do at this point. RFC 3501 §6.1.1
struct Capability: Command {
  static let verbs: [StaticString] = ["CAPABILITY"]
  static let stages = Stages.any

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {}

  func run(in session: Session) async throws -> Reply? {
    session.say { writer in
      writer.raw("* CAPABILITY ")
      writer.text(session.capabilities)
      writer.endLine()
    }
    return .ok("Capabilities listed")
  }
}
