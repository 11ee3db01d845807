/// The ways to sign in. RFC 4422
public enum SASLMechanism: String, Hashable, Sendable, CaseIterable {
  /// RFC 7677, with a channel binding. RFC 5802 §6
  case scramSHA256Plus = "SCRAM-SHA-256-PLUS"
  /// RFC 7677
  case scramSHA256 = "SCRAM-SHA-256"
  /// RFC 2195
  case cramMD5 = "CRAM-MD5"
  /// RFC 4616
  case plain = "PLAIN"
  /// Never standardised; Outlook and many devices speak nothing else.
  case login = "LOGIN"
}

/// What a server offers now, strongest first.
public struct OfferedMechanisms: Hashable, Sendable {
  /// On a connection with TLS.
  public let encrypted: [String]
  /// On one without.
  public let clear: [String]

  init(cramMD5: Bool, plainInClear: Bool) {
    let scram = [SASLMechanism.scramSHA256Plus, .scramSHA256]
    let cram = cramMD5 ? [SASLMechanism.cramMD5] : []
    encrypted = (scram + cram + [.plain, .login]).map(\.rawValue)
    let weak = plainInClear ? cram + [.plain, .login] : []
    clear = ([.scramSHA256] + weak).map(\.rawValue)
  }

  /// Those for a connection with or without TLS.
  public func offered(isEncrypted: Bool) -> [String] { isEncrypted ? encrypted : clear }
}
