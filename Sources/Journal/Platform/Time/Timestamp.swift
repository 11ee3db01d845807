/// A moment on the wall clock: microseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Microseconds since 1970-01-01T00:00:00Z, negative before it.
  public let microseconds: Int64

  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// The moment `seconds` after 1970-01-01T00:00:00Z, clamped to what fits.
  public init(seconds: Int64) {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    self.init(microseconds: overflow ? (seconds < 0 ? .min : .max) : product)
  }

  /// 1970-01-01T00:00:00Z.
  public static let zero = Timestamp(microseconds: 0)

  /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
  public var seconds: Int64 {
    let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// Microseconds beyond the whole seconds, 0 to 999,999.
  public var microsecondOfSecond: Int64 {
    let remainder = microseconds % 1_000_000
    return remainder < 0 ? remainder + 1_000_000 : remainder
  }

  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }

  /// This moment and `seconds` more (fewer when negative), clamped to what fits.
  public func adding(seconds: Int64) -> Timestamp {
    adding(microseconds: Timestamp(seconds: seconds).microseconds)
  }

  /// This moment and `microseconds` more (fewer when negative), clamped to what fits.
  public func adding(microseconds more: Int64) -> Timestamp {
    let (sum, overflow) = microseconds.addingReportingOverflow(more)
    return Timestamp(microseconds: overflow ? (more < 0 ? .min : .max) : sum)
  }

  /// This moment and `duration` more (less when negative), clamped to what fits, to the microsecond.
  public func adding(_ duration: Duration) -> Timestamp {
    let (seconds, attoseconds) = duration.components
    return adding(seconds: seconds).adding(microseconds: attoseconds / 1_000_000_000_000)
  }

  /// The time from `earlier` to this moment, negative where `earlier` is the later one.
  public func since(_ earlier: Timestamp) -> Duration {
    .microseconds(microseconds) - .microseconds(earlier.microseconds)
  }

  public static func + (left: Timestamp, right: Duration) -> Timestamp { left.adding(right) }

  public static func - (left: Timestamp, right: Duration) -> Timestamp {
    left.adding(.zero - right)
  }
}
