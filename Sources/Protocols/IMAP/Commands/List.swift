/// LIST: the mailboxes whose names a pattern describes. RFC 3501 §6.3.8, RFC 6154 §2, RFC 3348 §3
struct List: Command {
  static let verbs: [StaticString] = ["LIST"]

  let arguments: ListArguments

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    arguments = try parser.listArguments()
  }
}
