/// Why a question has no answer.
public enum DNSFailure: Error, Hashable, Sendable {
  /// The name does not exist (NXDOMAIN).
  case nameNotFound
  /// The name exists, but has no record of the type. RFC 2308 §2.2
  case noData
  /// More aliases (CNAME) than are followed, or a circle of them.
  case aliasLoop
  /// No server answered in time.
  case timedOut
  /// The servers refused: the last response code, such as 2 for SERVFAIL.
  case serverFailure(code: UInt8)
  /// The answer cannot be read.
  case malformed
  /// Too many questions wait: this one gave way before it was answered, or was not asked.
  case busy
  /// The asking task was cancelled, or the resolver stopped.
  case cancelled

  /// Whether the same question may have an answer later.
  public var isTemporary: Bool { self != .nameNotFound && self != .noData }
}
