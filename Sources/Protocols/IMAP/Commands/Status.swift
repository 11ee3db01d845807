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
}
