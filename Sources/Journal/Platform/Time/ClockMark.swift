/// A moment as both clocks showed it: the wall clock, which can be set, and the time since boot,
/// which cannot.
///
/// Durations that must survive a restart and a clock step are told by two marks.
public struct ClockMark: Hashable, Sendable {
  public let wall: Timestamp
  /// Which start of the machine `sinceBoot` counts from.
  public let boot: ID
  /// Nanoseconds.
  public let sinceBoot: UInt64

  public init(wall: Timestamp, boot: ID, sinceBoot: UInt64) {
    self.wall = wall
    self.boot = boot
    self.sinceBoot = sinceBoot
  }

  /// This moment.
  public init(_ clock: any Clock) {
    self.init(wall: clock.now(), boot: clock.bootID(), sinceBoot: clock.sinceBoot())
  }

  /// The time that has passed at `now`: by the boot clock where the machine has not been restarted
  /// in between, whatever was done to the wall clock; by the wall clock where it has.
  ///
  /// Nil where nobody can tell: the machine was restarted and the wall clock shows less than before.
  public func age(at now: ClockMark) -> Duration? {
    if boot == now.boot, boot != .zero, now.sinceBoot >= sinceBoot {
      return .nanoseconds(Int64(clamping: now.sinceBoot - sinceBoot))
    }
    return now.wall >= wall ? now.wall.since(wall) : nil
  }
}
