/// The mail transaction being built: the envelope of RFC 5321 §3.3.
public struct SMTPTransaction: Sendable {
  /// `nil` is the null reverse-path.
  public let sender: MailPath?
  public let parameters: MailParameters
  /// Recipients accepted so far; the session keeps who they are.
  public internal(set) var acceptedRecipients = 0
  /// RCPT commands heard, accepted or not.
  var heardRecipients = 0
  /// Octets received by BDAT so far; `nil` before the first chunk.
  public internal(set) var chunkedOctets: UInt64?
}
