import Events
import Platform

/// Makes event ids: UUIDv7, each greater than every one before, whatever the clock does.
///
/// So a binary search over positions finds an id, and the time in an id never goes back.
struct EventIDMint {
  /// The last id made.
  private(set) var last: ID

  init(after last: ID) {
    self.last = last
  }

  mutating func next(at time: Timestamp, random: UInt64) -> EventID {
    last = ID.timed(time, random: (random, 0), after: last)
    return EventID(rawValue: last)
  }
}
