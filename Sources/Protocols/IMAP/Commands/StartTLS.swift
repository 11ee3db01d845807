/// STARTTLS: the rest of the session is encrypted. RFC 3501 §6.2.1
struct StartTLS: Command {
  static let verbs: [StaticString] = ["STARTTLS"]
  static let stages = Stages.notAuthenticated

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {}
}
