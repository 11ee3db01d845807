import State

/// LSUB: the subscribed names that a pattern describes. RFC 3501 §6.3.9
struct ListSubscribed: Command {
  static let verbs: [StaticString] = ["LSUB"]

  let reference: [UInt8]
  let pattern: [UInt8]

  // lsub = "LSUB" SP mailbox SP list-mailbox
  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    reference = try parser.astring()
    try parser.space()
    pattern = try parser.listMailbox()
  }

  func run(in session: Session) async throws -> Reply? {
    let user = try session.signedInUser()
    let pattern = try ListPattern(reference, pattern)
    let names = try session.service.node.state.read { try $0.subscriptions(of: user.id) }
    var found: [(name: String, isSubscribed: Bool)] = []
    var shown = Set(names.map(\.text))
    for name in names {
      if pattern.matches(name.text) {
        found.append((name.text, true))
        continue
      }
      // With % a level above a subscribed name shows, marked \Noselect. RFC 3501 §6.3.9
      for parent in name.parents where pattern.matches(parent.text) {
        if shown.insert(parent.text).inserted { found.append((parent.text, false)) }
      }
    }
    found.sort { $0.name < $1.name }
    try await session.say(found) { writer, entry in
      writer.raw(entry.isSubscribed ? "* LSUB () \"/\" " : "* LSUB (\\Noselect) \"/\" ")
      writer.mailbox(entry.name)
      writer.endLine()
    }
    return .ok("Subscriptions listed")
  }
}
