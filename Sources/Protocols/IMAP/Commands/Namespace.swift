/// NAMESPACE: one personal namespace, its levels separated by `/`. RFC 2342 §5
struct Namespace: Command {
  static let verbs: [StaticString] = ["NAMESPACE"]

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {}

  func run(in session: Session) async throws -> Reply? {
    session.say { $0.raw("* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n") }
    return .ok("Namespaces listed")
  }
}
