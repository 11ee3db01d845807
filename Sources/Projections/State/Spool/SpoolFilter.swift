import Events
import Platform

/// Which entries of the spool are looked for; what is nil or empty asks for nothing.
public struct SpoolFilter: Sendable {
  public enum Status: String, CaseIterable, Sendable {
    /// Neither held nor deleted: it is delivered when it is due.
    case waiting
    case held
    case deleted
    /// A recipient whose outcome is not known.
    case doubtful
  }

  public var domain: DomainID?
  public var status: Status?
  /// A part of the reverse path, of a recipient's address; case does not matter.
  public var sender = ""
  public var recipient = ""

  public init() {}

  /// Whether every entry passes.
  var isEmpty: Bool { domain == nil && status == nil && sender.isEmpty && recipient.isEmpty }
}

/// The order of a listing; entries that are equal in it stand by age.
public enum SpoolOrder: String, CaseIterable, Sendable {
  /// Oldest first.
  case time
  /// 10 first.
  case priority
  /// Largest first.
  case size
  /// Most first.
  case attempts
  /// What is attempted next first.
  case next
}

/// An entry as a listing shows it.
public struct SpoolLine: Hashable, Sendable {
  public let entry: SpoolEntry
  /// When the next of its recipients is attempted; nil where none is.
  public let next: Timestamp?
  /// Whether an attempt for one of them was begun that has not ended.
  public let isBegun: Bool
  /// Whether the outcome of an attempt is not known for one of them.
  public let isDoubtful: Bool
  /// A recipient's last reply, of those that failed so far.
  public let reply: [UInt8]
}
