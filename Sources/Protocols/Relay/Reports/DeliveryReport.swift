import Platform

/// What a delivery report tells, before it is written. RFC 3464
public struct DeliveryReport: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case failure, delay, success
  }

  /// What was done about a recipient. RFC 3464 §2.3.3
  public enum Action: String, Hashable, Sendable {
    case failed, delayed, delivered
    /// Delivered to a server that makes no reports.
    case relayed
  }

  public struct Recipient: Hashable, Sendable {
    /// Without brackets.
    public var address: [UInt8]
    /// ORCPT: the type, a semicolon and the address. RFC 3461 §4.2
    public var original: [UInt8]?
    public var action: Action
    /// RFC 3463
    public var status: String
    /// Who said it; empty where it was decided here.
    public var host = ""
    /// What the server answered, with its code; or what was seen here.
    public var reply = ""
    /// Whether `reply` is a server's.
    public var isQuoted = false
    public var lastAttempt: Timestamp
    /// When it is given up, of what is delayed.
    public var retryUntil: Timestamp?

    public init(_ address: [UInt8], _ action: Action, status: String, lastAttempt: Timestamp) {
      self.address = address
      self.action = action
      self.status = status
      self.lastAttempt = lastAttempt
    }
  }

  /// How much of the message goes back.
  public enum Returned: Hashable, Sendable {
    /// The whole message, in seven bits and small.
    case message([UInt8])
    /// Its header alone.
    case header([UInt8])
    case nothing
  }

  public var kind: Kind
  /// To whom it goes: the message's reverse path.
  public var sender: [UInt8]
  public var recipients: [Recipient]
  public var arrival: Timestamp
  /// ENVID. RFC 3461 §4.4
  public var envelopeID: [UInt8]?
  public var returned = Returned.nothing

  public init(
    _ kind: Kind, to sender: [UInt8], _ recipients: [Recipient], arrival: Timestamp
  ) {
    self.kind = kind
    self.sender = sender
    self.recipients = recipients
    self.arrival = arrival
  }
}
