import Events
import Platform

/// The outer facts a decision may rely on besides the state: when, where in the journal, and who.
///
/// A batch that fails is decided again, so a decision can be asked more than once with different
/// moments; only the last counts.
public struct Moment: Hashable, Sendable {
  /// The wall clock as read for this decision; every event of the decision carries it. It may step
  /// back: order is position.
  public let time: Timestamp
  /// The position the decision's first event gets; its further events follow without a gap.
  public let position: Position
  /// The slot the decision's first new slot gets; each further one gets `next` of the one before.
  public let nextSlot: Slot
  /// Who asked.
  public let origin: Origin

  public init(time: Timestamp, position: Position, nextSlot: Slot, origin: Origin) {
    self.time = time
    self.position = position
    self.nextSlot = nextSlot
    self.origin = origin
  }
}
