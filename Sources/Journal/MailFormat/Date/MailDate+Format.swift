extension MailDate {
  /// Appends the form of header fields: `Tue, 24 Nov 2026 10:11:12 +0100`. RFC 5322 §3.3
  public func append(to octets: inout [UInt8]) {
    let day = day
    octets += CalendarNames.weekday(day.weekday)
    octets += [.comma, .space]
    MailDate.append(day.day, digits: day.day < 10 ? 1 : 2, to: &octets)
    octets.append(.space)
    octets += CalendarNames.month(day.month)
    octets.append(.space)
    MailDate.append(day.year, digits: 4, to: &octets)
    octets.append(.space)
    appendTimeAndZone(to: &octets)
  }

  /// Appends the form of IMAP: `24-Nov-2026 10:11:12 +0100`, the day two places wide.
  /// RFC 3501 §9 (date-time)
  public func appendInternalDate(to octets: inout [UInt8]) {
    let day = day
    if day.day < 10 { octets.append(.space) }
    MailDate.append(day.day, digits: day.day < 10 ? 1 : 2, to: &octets)
    octets.append(.dash)
    octets += CalendarNames.month(day.month)
    octets.append(.dash)
    MailDate.append(day.year, digits: 4, to: &octets)
    octets.append(.space)
    appendTimeAndZone(to: &octets)
  }

  /// The form of header fields.
  public var field: [UInt8] {
    var octets: [UInt8] = []
    octets.reserveCapacity(32)
    append(to: &octets)
    return octets
  }

  private func appendTimeAndZone(to octets: inout [UInt8]) {
    let second = secondOfDay
    MailDate.append(second / 3600, digits: 2, to: &octets)
    octets.append(.colon)
    MailDate.append(second / 60 % 60, digits: 2, to: &octets)
    octets.append(.colon)
    MailDate.append(second % 60, digits: 2, to: &octets)
    octets.append(.space)
    octets.append(offsetMinutes < 0 || !isZoneKnown ? .dash : UInt8(ascii: "+"))
    let minutes = isZoneKnown ? abs(offsetMinutes) : 0
    MailDate.append(minutes / 60 * 100 + minutes % 60, digits: 4, to: &octets)
  }

  private static func append(_ number: Int, digits: Int, to octets: inout [UInt8]) {
    var divisor = digits == 4 ? 1000 : digits == 2 ? 10 : 1
    while divisor > 0 {
      octets.append(48 + UInt8(truncatingIfNeeded: number / divisor % 10))
      divisor /= 10
    }
  }
}
