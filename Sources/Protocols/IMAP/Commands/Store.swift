import Events

/// STORE: changes the flags of messages. RFC 3501 §6.4.6
struct Store: Command {
  static let verbs: [StaticString] = ["STORE", "UID STORE"]
  static let stages = Stages.selected

  enum Mode: Hashable, Sendable {
    case replace, add, remove
  }

  let messages: MessageSet
  let mode: Mode
  let isSilent: Bool
  let flags: FlagList

  // store = "STORE" SP sequence-set SP ["+" / "-"] "FLAGS" [".SILENT"] SP
  //   (flag-list / (flag *(SP flag)))
  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    messages = MessageSet(set: try parser.sequenceSet(), isUID: isUID)
    try parser.space()
    if try parser.take(OctetClass.plus) {
      mode = .add
    } else {
      mode = try parser.take(OctetClass.minus) ? .remove : .replace
    }
    switch try parser.word() {
    case Word("FLAGS"): isSilent = false
    case Word("FLAGS.SILENT"): isSilent = true
    default: throw .malformed("expected FLAGS")
    }
    try parser.space()
    flags = try parser.storeFlags()
  }

  var updates: UpdatePolicy { messages.isUID ? .all : .withoutExpunges }

  func run(in session: Session) async throws -> Reply? {
    _ = try session.changeableView()
    let named = try session.resolve(messages)
    let stored = try await session.store(
      named, change, flags.stored, isSilent: isSilent, withUID: messages.isUID)
    guard messages.isUID || stored.total == named.total else { throw CommandRefused.expunged }
    return .ok("Flags stored")
  }

  private var change: FlagChange {
    switch mode {
    case .replace: .replace
    case .add: .add
    case .remove: .remove
    }
  }
}
