import Events
import State

/// STATUS: counts of a mailbox that need not be selected. RFC 3501 §6.3.10
struct Status: Command {
  static let verbs: [StaticString] = ["STATUS"]

  enum Item: Hashable, Sendable {
    case messages, recent, uidNext, uidValidity, unseen
  }

  let mailbox: MailboxArgument
  let items: [Item]

  // status = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")"
  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    mailbox = try parser.mailbox()
    try parser.space()
    items = try parser.list(atMost: 20) { (parser) throws(SyntaxFailure) in
      switch try parser.word() {
      case Word("MESSAGES"): .messages
      case Word("RECENT"): .recent
      case Word("UIDNEXT"): .uidNext
      case Word("UIDVALIDITY"): .uidValidity
      case Word("UNSEEN"): .unseen
      default: throw .malformed("unknown status item")
      }
    }
  }

  func run(in session: Session) async throws -> Reply? {
    let mailbox = try session.mailbox(mailbox)
    let recent = items.contains(.recent) ? try await session.service.recentCount(in: mailbox) : 0
    session.say { writer in
      writer.raw("* STATUS ")
      writer.mailbox(mailbox.name?.text ?? "")
      writer.raw(" (")
      for (index, item) in items.enumerated() {
        if index > 0 { writer.space() }
        write(item, of: mailbox, recent: recent, to: &writer)
      }
      writer.raw(")\r\n")
    }
    return .ok("Status given")
  }

  // status-att-val = ("MESSAGES" / "RECENT" / "UIDNEXT" / "UIDVALIDITY" / "UNSEEN") SP number
  private func write(
    _ item: Item, of mailbox: Mailbox, recent: UInt32, to writer: inout ResponseWriter
  ) {
    switch item {
    case .messages:
      writer.raw("MESSAGES ")
      writer.number(mailbox.messages)
    case .recent:
      writer.raw("RECENT ")
      writer.number(recent)
    case .uidNext:
      writer.raw("UIDNEXT ")
      writer.number(mailbox.uidNext.rawValue)
    case .uidValidity:
      writer.raw("UIDVALIDITY ")
      writer.number(mailbox.uidValidity)
    case .unseen:
      writer.raw("UNSEEN ")
      writer.number(mailbox.unseen)
    }
  }
}
