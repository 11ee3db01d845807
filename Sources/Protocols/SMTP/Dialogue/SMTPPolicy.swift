import State

/// What a listener demands and offers, fixed when a connection is made.
public struct SMTPPolicy: Sendable {
  /// What the listener is for.
  public enum Role: Sendable {
    /// RFC 5321
    case relay
    /// RFC 6409
    case submission
    /// From a mail system in front of this one, which it trusts. RFC 2033
    case lmtp
    /// Submission by a process of this machine, known by its account.
    case local
  }

  public var role: Role
  /// The name in the greeting and in `Received`.
  public var hostName: String
  /// The largest message accepted here, in octets; 0 is unlimited. RFC 1870 §4
  public var maximumSize: UInt64
  /// RCPT commands taken for one message; further ones get `452 4.5.3`; 0 is unlimited.
  public var maximumRecipients: Int
  /// Whether STARTTLS is offered while the connection is plain.
  public var offersTLS: Bool
  /// Mechanisms offered over TLS, and those offered without it.
  public var mechanisms: [String]
  public var plainMechanisms: [String]
  /// Errors after which the connection is closed.
  public var maximumErrors: Int
  /// Failed sign-ins after which the connection is closed.
  public var maximumSignIns: Int
  /// The address of the account that submits here, for clients that know no other.
  public var accountAddress: String?
  /// Who is told by VRFY and EXPN whether an address exists. RFC 5321 §7.3
  public var verification: VerifyPolicy

  public init(
    role: Role, hostName: String, maximumSize: UInt64, maximumRecipients: Int, offersTLS: Bool,
    mechanisms: [String], plainMechanisms: [String], maximumErrors: Int = 20,
    maximumSignIns: Int = 5, verification: VerifyPolicy = .decline
  ) {
    self.role = role
    self.hostName = hostName
    self.maximumSize = maximumSize
    self.maximumRecipients = maximumRecipients
    self.offersTLS = offersTLS
    self.mechanisms = mechanisms
    self.plainMechanisms = plainMechanisms
    self.maximumErrors = maximumErrors
    self.maximumSignIns = maximumSignIns
    self.verification = verification
  }
}
