import Events
import Platform

/// Proof that events are durable. Only the Scribe makes one, after the sync.
///
/// A reply that takes responsibility (250 after DATA, tagged OK, 2xx) needs one.
public struct Receipt: Hashable, Sendable {
  /// The position of the decision's first event.
  public let first: Position
  /// The position of its last event.
  public let last: Position
  /// The time its events carry.
  public let time: Timestamp
}
