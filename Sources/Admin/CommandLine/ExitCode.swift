/// What `daybook` tells its caller when it ends.
public enum ExitCode: Int32, Sendable {
  case success = 0
  /// The answer is no: the act was refused, or what was asked for does not exist.
  case refused = 1
  /// The command line is wrong.
  case usage = 2
  /// The data directory or the server cannot be reached or used now.
  case unavailable = 3
  /// Damage was found in the data directory.
  case damaged = 4

  // Of `daybook sendmail`, as sysexits.h has them.
  /// The command line is wrong.
  case misused = 64
  /// A recipient is unknown.
  case noUser = 67
  /// The server refuses the message or a recipient.
  case notAvailable = 69
  /// Later it may be possible.
  case tryAgain = 75
  /// The account may not send as it wants to.
  case noPermission = 77
}

/// A failure that ends a verb: one line for the person, one code for the script.
struct Failure: Error {
  let code: ExitCode
  let message: String
}
