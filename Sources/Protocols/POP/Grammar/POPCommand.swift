/// A command of a client, as parsed from one line. RFC 1939 §3
///
/// Names and passwords are in `user`, `pass` and `auth`: a command is never logged.
enum POPCommand: Hashable, Sendable {
  case user([UInt8])
  case pass([UInt8])
  /// The mechanism in upper case; the response in base64 as sent. RFC 5034 §4
  case auth(mechanism: String, initialResponse: [UInt8]?)
  case stls
  case utf8
  case capa
  case stat
  /// Nil asks for all messages.
  case list(UInt64?)
  case uidl(UInt64?)
  case retr(UInt64)
  /// The header and so many lines of the body.
  case top(UInt64, lines: UInt64)
  case dele(UInt64)
  case rset
  case noop
  case quit
  /// No command of ours, APOP for one.
  case unknown
  /// A command of ours with arguments that it does not take.
  case malformed
}
