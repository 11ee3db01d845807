/// A mailbox as a command names it.
struct MailboxArgument: Hashable, Sendable {
  /// In modified UTF-7, as it came.
  let wire: [UInt8]

  /// The name in Unicode; nil where the wire's is no canonical encoding of one. RFC 3501 §5.1.3
  var text: String? { ModifiedUTF7.decode(wire) }
}

extension Parser {
  // mailbox = "INBOX" / astring
  mutating func mailbox() throws(SyntaxFailure) -> MailboxArgument {
    MailboxArgument(wire: try astring())
  }
}
