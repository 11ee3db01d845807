/// What is offered and demanded on a connection, fixed when it is made.
struct POPPolicy: Hashable, Sendable {
  /// The name in the greeting.
  var hostName: String
  /// Whether STLS is offered while the connection is in clear.
  var offersTLS: Bool
  /// SASL mechanisms on a connection with TLS, and on one without.
  var encryptedMechanisms: [String]
  var clearMechanisms: [String]
  /// Unknown and malformed commands after which the connection is closed.
  var mostBadCommands: Int
  /// Failed sign-ins after which the connection is closed.
  var mostFailedSignIns: Int
}
