/// ID: who the client says it is, and who the server is. RFC 2971 §3.1
struct Identify: Command {
  static let verbs: [StaticString] = ["ID"]
  static let stages = Stages.any

  /// RFC 2971 §3.3: at most 30 pairs, of which nothing is kept.
  static let mostPairs = 30

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    if try parser.takeWord("NIL") { return }
    try parser.eachInList(mayBeEmpty: true, atMost: Identify.mostPairs) {
      (parser) throws(SyntaxFailure) in
      _ = try parser.string()
      try parser.space()
      _ = try parser.nstring()
    }
  }

  func run(in session: Session) async throws -> Reply? {
    session.say { $0.raw("* ID (\"name\" \"Daybook\")\r\n") }
    return .ok("Pleased to meet you")
  }
}
