import Platform

/// Compares the wall clock with the boot clock, which nobody sets and which counts through sleep.
///
/// A difference of more than a second between two looks is a step. Slow corrections add up to less
/// than that between looks, so they are none.
struct ClockWatch {
  /// A step as it goes into the journal.
  struct Step: Hashable {
    /// What the wall clock should have shown.
    let before: Timestamp
    /// What it showed.
    let after: Timestamp
    /// The boot clock in nanoseconds.
    let sinceBoot: UInt64
  }

  /// Steps up to this many microseconds are corrections.
  static let tolerance: Int64 = 1_000_000

  private var wall: Timestamp
  private var boot: UInt64

  init(_ clock: any Clock) {
    wall = clock.now()
    boot = clock.sinceBoot()
  }

  /// Looks at both clocks; nil where they agree.
  mutating func look(_ clock: any Clock) -> Step? {
    let wallNow = clock.now()
    let bootNow = clock.sinceBoot()
    let elapsed = Int64(clamping: (bootNow &- boot) / 1_000)
    let expected = Timestamp(microseconds: wall.microseconds &+ elapsed)
    wall = wallNow
    boot = bootNow
    let difference = wallNow.microseconds.subtractingReportingOverflow(expected.microseconds)
    guard difference.overflow || difference.partialValue.magnitude > Self.tolerance.magnitude
    else { return nil }
    return Step(before: expected, after: wallNow, sinceBoot: bootNow)
  }
}
