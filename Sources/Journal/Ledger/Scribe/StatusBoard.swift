import Platform
import Synchronization

/// Whether the Scribe writes, as `daybook status` shows it.
public struct ScribeStatus: Hashable, Sendable {
  /// Why only decisions that free space are let through; nil while everything is.
  public var readOnlyCause: String?
  /// Since when.
  public var readOnlySince: Timestamp?
}

/// Where the Scribe's thread leaves its status for others to read.
final class StatusBoard: Sendable {
  private let status = Mutex(ScribeStatus())

  func set(_ new: ScribeStatus) { status.withLock { $0 = new } }
  var now: ScribeStatus { status.withLock { $0 } }
}
