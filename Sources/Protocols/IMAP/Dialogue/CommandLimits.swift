/// How much of a command is read before it is refused.
struct CommandLimits: Hashable, Sendable {
  /// Octets of the command with its literals, except the message of an APPEND.
  let octets: Int
  let literals: Int

  static let beforeSignIn = CommandLimits(octets: 8_192, literals: 4)
  static let afterSignIn = CommandLimits(octets: 65_536, literals: 1_000)
}
