/// EXPUNGE removes the messages marked \Deleted; UID EXPUNGE those of them it names.
/// RFC 3501 §6.4.3, RFC 4315 §2.1
struct Expunge: Command {
  static let verbs: [StaticString] = ["EXPUNGE", "UID EXPUNGE"]
  static let stages = Stages.selected

  let uids: SequenceSet?

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    guard isUID else {
      uids = nil
      return
    }
    try parser.space()
    uids = try parser.sequenceSet()
  }

  func run(in session: Session) async throws -> Reply? {
    let view = try session.changeableView()
    let all = view.uids.last > 0 ? [1...view.uids.last] : []
    let named = uids.map { view.uids.intersection($0.resolved(largest: view.uids.last)) } ?? all
    try await session.expunge(named)
    return .ok("Expunged")
  }
}
