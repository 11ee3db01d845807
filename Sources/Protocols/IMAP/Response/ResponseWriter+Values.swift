import MailFormat

extension ResponseWriter {
  // mailbox = "INBOX" / astring, in modified UTF-7
  mutating func mailbox(_ name: String) { astring(ModifiedUTF7.encode(name)) }

  // sequence-set without `*`: sorted ranges of UIDs or message numbers
  mutating func ranges(_ ranges: some Sequence<ClosedRange<UInt32>>) {
    var isFirst = true
    for range in ranges {
      if !isFirst { raw(",") }
      isFirst = false
      number(range.lowerBound)
      guard range.upperBound > range.lowerBound else { continue }
      raw(":")
      number(range.upperBound)
    }
  }

  // date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
  /// A time in UTC, from seconds since 1970. Years outside 1 to 9999 are shown as the nearest.
  mutating func dateTime(secondsSinceEpoch seconds: Int64) {
    var date: [UInt8] = []
    MailDate(seconds: seconds).appendInternalDate(to: &date)
    raw("\"")
    literalOctets(date)
    raw("\"")
  }
}
