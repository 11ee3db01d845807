/// The parameters of one MAIL command.
public struct MailParameters: Hashable, Sendable {
  /// BODY. RFC 6152 §3, RFC 3030 §3
  public enum Body: Hashable, Sendable { case sevenBit, eightBitMIME, binaryMIME }
  /// RET. RFC 3461 §4.3
  public enum Return: Hashable, Sendable { case full, headers }

  /// The declared size in octets. RFC 1870 §6
  public var size: UInt64?
  public var body: Body?
  /// Whether SMTPUTF8 was asked for. RFC 6531 §3.4
  public var isInternationalized = false
  public var returning: Return?
  /// ENVID, decoded from xtext: at most 100 printable characters. RFC 3461 §4.4
  public var envelopeID: [UInt8]?

  public init() {}
}

/// The parameters of one RCPT command. RFC 3461 §4.1, §4.2
public struct RecipientParameters: Hashable, Sendable {
  /// When the sender wants to hear of this recipient.
  public struct Notify: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let never: Notify = []
    public static let success = Notify(rawValue: 1)
    public static let failure = Notify(rawValue: 2)
    public static let delay = Notify(rawValue: 4)
  }

  /// Absent: the default, failure and perhaps delay.
  public var notify: Notify?
  /// ORCPT as `type;address`, decoded from xtext.
  public var originalRecipient: [UInt8]?

  public init() {}
}
