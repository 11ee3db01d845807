/// What an exchange wants done next.
enum SASLAction: Sendable {
  /// Send this, and hear the answer.
  case challenge([UInt8])
  /// Say what is kept of the one with this name: `found`.
  case find(name: [UInt8])
  /// Check the password, and that the name may act as `actor` where one is given.
  case check(name: [UInt8], password: [UInt8], actor: [UInt8])
  /// They have proved who they are.
  case accept
  case refuse(SignInFailure)
}

/// What is kept of the one who signs in; of nobody, what looks like it and matches nothing.
struct SASLCredentials: Sendable {
  let verifier: PasswordVerifier
  let cram: CRAMContext?
}

/// The server's side of one mechanism: hears octets, says what to do, does nothing itself.
///
/// The order of calls is `start`, then `step` after each challenge and `found` after each `find`,
/// until it accepts or refuses.
protocol SASLExchange: Sendable {
  /// `initial` is nil where the client sent no initial response.
  mutating func start(_ initial: [UInt8]?) -> SASLAction
  mutating func step(_ response: [UInt8]) -> SASLAction
  mutating func found(_ credentials: SASLCredentials) -> SASLAction
}

extension SASLExchange {
  mutating func found(_ credentials: SASLCredentials) -> SASLAction { .refuse(.malformed) }
}
