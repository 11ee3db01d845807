/// A moment, and the zone in which a message names it. RFC 5322 §3.3
public struct MailDate: Hashable, Sendable {
  /// Seconds since 1970-01-01T00:00:00Z.
  public let seconds: Int64
  /// Minutes east of UTC, within one hundred hours of it.
  public let offsetMinutes: Int
  /// False where the zone was `-0000` or is not known, so that only the moment counts.
  public let isZoneKnown: Bool

  /// A moment. One outside the years 1 to 9999, or an offset beyond `9959`, is moved to the nearest
  /// that has a written form.
  public init(seconds: Int64, offsetMinutes: Int = 0, isZoneKnown: Bool = true) {
    // A year's margin at both ends keeps every offset inside the calendar.
    self.seconds = min(max(seconds, -62_104_060_800), 253_370_764_800)
    self.offsetMinutes = min(max(offsetMinutes, -5999), 5999)
    self.isZoneKnown = isZoneKnown
  }

  /// The day in the message's own zone, as IMAP `SENTON` compares it. RFC 3501 §6.4.4
  public var day: CivilDay { CivilDay(number: Int(MailDate.floor(local, 86_400))) }

  /// The second of that day, 0 to 86,399.
  public var secondOfDay: Int { Int(local - MailDate.floor(local, 86_400) * 86_400) }

  private var local: Int64 { seconds + Int64(offsetMinutes) * 60 }

  private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
    value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
  }
}
