/// So many of something in one minute of the boot clock, and not more.
struct MinuteBudget {
  private static let minute: UInt64 = 60_000_000_000

  let most: Int
  private var minute: UInt64 = 0
  private var used = 0

  init(most: Int) { self.most = most }

  /// How many there may still be.
  ///
  /// - Parameter now: by the boot clock, in nanoseconds.
  mutating func left(at now: UInt64) -> Int {
    if now / Self.minute != minute {
      minute = now / Self.minute
      used = 0
    }
    return most - used
  }

  /// Uses up some of what is left.
  mutating func use(_ count: Int) { used += count }
}
