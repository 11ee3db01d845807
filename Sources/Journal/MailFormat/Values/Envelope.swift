/// What the header of a message says about it, as IMAP shows it. RFC 3501 §7.4.2
///
/// Values are unfolded, without white space at either end, otherwise raw: encoded words stay
/// encoded, bytes above 127 stay as they are, and CR, LF and NUL never occur (a space stands for
/// each). A field that is absent is nil; one that is present and empty is empty.
public struct Envelope: Hashable, Sendable {
  public var date: [UInt8]?
  public var subject: [UInt8]?
  public var from: [MailAddress]
  /// The `Sender` field; the same as `from` where that is absent or empty.
  public var sender: [MailAddress]
  /// The `Reply-To` field; the same as `from` where that is absent or empty.
  public var replyTo: [MailAddress]
  public var to: [MailAddress]
  public var cc: [MailAddress]
  public var bcc: [MailAddress]
  public var inReplyTo: [UInt8]?
  public var messageID: [UInt8]?

  public init(
    date: [UInt8]? = nil, subject: [UInt8]? = nil, from: [MailAddress] = [],
    sender: [MailAddress] = [], replyTo: [MailAddress] = [], to: [MailAddress] = [],
    cc: [MailAddress] = [], bcc: [MailAddress] = [], inReplyTo: [UInt8]? = nil,
    messageID: [UInt8]? = nil
  ) {
    self.date = date
    self.subject = subject
    self.from = from
    self.sender = sender
    self.replyTo = replyTo
    self.to = to
    self.cc = cc
    self.bcc = bcc
    self.inReplyTo = inReplyTo
    self.messageID = messageID
  }
}
