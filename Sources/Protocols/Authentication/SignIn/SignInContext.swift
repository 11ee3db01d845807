import Events

/// A protocol that users sign in to.
public enum SignInService: String, Hashable, Sendable, CaseIterable {
  case smtp, imap, pop
}

/// What is known of the connection on which somebody signs in.
public struct SignInContext: Hashable, Sendable {
  public let service: SignInService
  /// The peer's address, as it stands in events.
  public let client: String
  public let session: SessionID?
  public let isEncrypted: Bool
  /// The channel bindings of the connection by name, such as `tls-exporter`.
  public let bindings: [String: [UInt8]]

  public init(
    service: SignInService, client: String, session: SessionID?, isEncrypted: Bool,
    bindings: [String: [UInt8]] = [:]
  ) {
    self.service = service
    self.client = client
    self.session = session
    self.isEncrypted = isEncrypted
    self.bindings = bindings
  }
}

/// Someone who has signed in.
public struct SignedIn: Hashable, Sendable {
  public let user: UserID
  public let domain: DomainID
  /// The full address, canonical.
  public let address: String
  public let isAdministrator: Bool
  public let mechanism: String
}

/// Why a sign-in did not succeed. Whoever guesses learns nothing from it: an unknown name, a wrong
/// password, a disabled user and a service that is switched off are all `refused`.
public enum SignInFailure: Error, Hashable, Sendable {
  /// Not base64, too long, or not what the mechanism says. SMTP 501, IMAP BAD, POP -ERR.
  case malformed
  /// The client sent `*`. SMTP 501, IMAP BAD, POP -ERR.
  case cancelled
  /// SMTP 535 5.7.8, IMAP NO [AUTHENTICATIONFAILED], POP -ERR [AUTH].
  case refused
  /// The mechanism shows the password and the connection is in clear. SMTP 538, IMAP NO
  /// [PRIVACYREQUIRED], POP -ERR.
  case needsEncryption
  /// SMTP 504, IMAP NO [CANNOT], POP -ERR.
  case unknownMechanism
  /// Not now. SMTP 454 4.7.0, IMAP NO [UNAVAILABLE], POP -ERR [SYS/TEMP].
  case unavailable
}
