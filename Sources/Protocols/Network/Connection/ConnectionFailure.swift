import Platform

/// Why an operation on a connection could not be done.
///
/// Its large cases are indirect: every suspended read has room for a failure in its frame.
public enum ConnectionFailure: Error, Hashable, Sendable {
  /// Closed on this side.
  case closed
  /// The task that owns the connection was cancelled; the connection is closed.
  case cancelled
  /// The deadline passed. After a read the connection still writes; after a write it is closed.
  case timedOut
  /// The server is stopping and no command had begun. Only `readCommand` throws it.
  case stopping
  /// The peer ended its side in the middle of what was to be read.
  case endOfInput
  /// The peer is gone: reset, unreachable, or whatever the kernel said.
  indirect case lost(SystemError)
  /// A line longer than the limit, in octets with its CRLF; the rest of it has been discarded.
  case lineTooLong(limit: Int)
  /// The line ended in LF without CR, or held one; it has been consumed.
  case bareLineFeed
  /// A CR inside the line; it has been consumed.
  case bareCarriageReturn
  /// A NUL inside the line; it has been consumed.
  case nul
  /// A line that did not end within `Connection.discardLimit` octets; the connection is closed.
  case flooded
  /// More was written than the peer takes, beyond `Connection.outputLimit`; it is closed.
  case overflow
  /// Octets in clear waited behind the command that starts TLS. RFC 3207 §6
  case plaintextBeforeTLS
  /// TLS failed; what OpenSSL said, without personal data.
  indirect case tls(String)

  /// Whether the conversation can go on: the offending line is gone and the next can be read.
  public var isRecoverable: Bool {
    switch self {
    case .lineTooLong, .bareLineFeed, .bareCarriageReturn, .nul: true
    default: false
    }
  }
}
