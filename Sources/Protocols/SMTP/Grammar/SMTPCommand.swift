/// A command of a client, as parsed from one line. RFC 5321 §4.1.1
public enum SMTPCommand: Hashable, Sendable {
  case helo([UInt8])
  case ehlo([UInt8])
  /// RFC 2033 §4.1
  case lhlo([UInt8])
  /// `nil` is the null reverse-path `<>`.
  case mail(MailPath?, MailParameters)
  case rcpt(MailPath, RecipientParameters)
  case data
  case bdat(size: UInt64, last: Bool)
  case rset
  case noop
  case quit
  /// Whom to look up; nil for text that is neither an address nor a local part.
  case vrfy(MailPath?)
  case expn(MailPath?)
  case help
  case starttls
  case auth(mechanism: [UInt8], initialResponse: [UInt8]?)
  case unknown
  case malformed(SyntaxFault)
}

/// What is wrong with a line that names a known command.
public enum SyntaxFault: Error, Hashable, Sendable {
  /// The arguments do not follow the grammar. 501 5.5.4
  case arguments
  /// The address does not follow the grammar. 501 5.1.3, or 5.1.7 for a sender
  case address
  /// A parameter is not one we offer. 555 5.5.4, RFC 5321 §4.1.1.11
  case unknownParameter
  /// A chunk size that is no number; what follows cannot be told from commands. RFC 3030 §2
  case chunkSize
}
