/// Who sends a message to whom, and how it is to be treated: what goes into MAIL and RCPT.
public struct OutboundEnvelope: Hashable, Sendable {
  /// How much of the message a report returns. RFC 3461 §4.3
  public enum Return: String, Hashable, Sendable {
    case full = "FULL"
    case header = "HDRS"
  }

  /// The address as it stands between the brackets of MAIL; empty for the null sender.
  public var sender: [UInt8]
  public var recipients: [OutboundRecipient]
  /// Octets of the message with CRLF line ends, for SIZE; nil where it is not known.
  public var size: UInt64?
  /// Whether the message has octets outside US-ASCII, so that it needs 8BITMIME.
  public var hasEightBit = false
  /// Whether addresses or header fields need SMTPUTF8. RFC 6531 §3.2
  public var isInternationalized = false
  /// RET. RFC 3461 §4.3
  public var returns: Return?
  /// ENVID, not yet in xtext. RFC 3461 §4.4
  public var identifier: [UInt8]?

  public init(from sender: [UInt8], to recipients: [OutboundRecipient], size: UInt64? = nil) {
    self.sender = sender
    self.recipients = recipients
    self.size = size
  }

  /// Whether anything in the envelope or the message asks for SMTPUTF8.
  var needsUTF8: Bool {
    isInternationalized || sender.contains { $0 >= 0x80 }
      || recipients.contains { $0.address.contains { $0 >= 0x80 } }
  }
}

/// One recipient of a message.
public struct OutboundRecipient: Hashable, Sendable {
  /// When a report is asked for; none is NEVER. RFC 3461 §4.1
  public struct Notify: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let success = Notify(rawValue: 1)
    public static let failure = Notify(rawValue: 2)
    public static let delay = Notify(rawValue: 4)
  }

  /// The address as it stands between the brackets of RCPT.
  public var address: [UInt8]
  /// NOTIFY; nil where nothing was asked for.
  public var notify: Notify?
  /// ORCPT: the address type and the address, not yet in xtext. RFC 3461 §4.2
  public var original: Original?

  public struct Original: Hashable, Sendable {
    public var type: String
    public var address: [UInt8]

    public init(type: String = "rfc822", address: [UInt8]) {
      self.type = type
      self.address = address
    }
  }

  public init(_ address: [UInt8], notify: Notify? = nil, original: Original? = nil) {
    self.address = address
    self.notify = notify
    self.original = original
  }
}
