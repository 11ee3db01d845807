/// CLOSE: removes the messages marked \Deleted without saying so, and leaves the mailbox.
/// RFC 3501 §6.4.2
struct Close: Command {
  static let verbs: [StaticString] = ["CLOSE"]
  static let stages = Stages.selected
  static let updates = UpdatePolicy.none

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {}
}
