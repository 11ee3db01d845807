/// APPEND: stores a message of the client's own. RFC 3501 §6.3.11, RFC 7888 §3
struct Append: Command {
  static let verbs: [StaticString] = ["APPEND"]
  static let endsAtLiteral = true

  let mailbox: MailboxArgument
  let flags: FlagList
  /// Seconds since 1970; nil is now.
  let date: Int64?
  /// The message, which has not been read yet.
  let literal: LiteralHeader

  // append = "APPEND" SP mailbox [SP flag-list] [SP date-time] SP literal
  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    mailbox = try parser.mailbox()
    try parser.space()
    if try parser.peek() == OctetClass.openList {
      flags = try parser.flagList()
      try parser.space()
    } else {
      flags = FlagList()
    }
    if try parser.peek() == OctetClass.quote {
      date = try parser.dateTime()
      try parser.space()
    } else {
      date = nil
    }
    literal = try parser.literalHeader()
    guard parser.isAtEnd else { throw .malformed("text behind the command") }
  }
}
