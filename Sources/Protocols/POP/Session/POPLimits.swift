/// Limits of a session, as the settings have them when its connection comes.
struct POPLimits: Sendable {
  /// The longest command in octets with its CRLF.
  static let command = 512
  /// How long a handshake may take.
  static let handshake = Duration.seconds(30)

  /// The longest time between two commands. RFC 1939 §3
  let idle: Duration
  /// The time that a new connection has to sign in.
  let signIn: Duration
}
