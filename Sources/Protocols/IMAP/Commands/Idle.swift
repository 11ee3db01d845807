/// IDLE: the server speaks when something happens, until the client says DONE. RFC 2177 §3
struct Idle: Command {
  static let verbs: [StaticString] = ["IDLE"]

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {}
}
