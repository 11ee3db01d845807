/// FETCH: what is known of messages, and their octets. RFC 3501 §6.4.5
struct Fetch: Command {
  static let verbs: [StaticString] = ["FETCH", "UID FETCH"]
  static let stages = Stages.selected

  let messages: MessageSet
  let items: [FetchItem]

  // fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att / "(" ... ")")
  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    messages = MessageSet(set: try parser.sequenceSet(), isUID: isUID)
    try parser.space()
    items = try parser.fetchItems()
  }

  var updates: UpdatePolicy { messages.isUID ? .all : .withoutExpunges }

  func run(in session: Session) async throws -> Reply? {
    let view = try session.selectedView()
    let named = try session.resolve(messages)
    let plan = FetchPlan(items, isUID: messages.isUID, isReadOnly: view.isReadOnly)
    let count = try await session.fetch(named, plan)
    guard messages.isUID || count == named.total else { throw CommandRefused.expunged }
    return .ok("Fetched")
  }
}
