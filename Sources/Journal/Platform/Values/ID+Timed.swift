extension ID {
  /// A UUIDv7 that carries `time` to the microsecond. RFC 9562 §5.7
  ///
  /// The 48-bit field holds milliseconds, clamped to 1970 and to the year 10889; the twelve bits
  /// after it the fraction of the millisecond (§6.2 method 3); the other 62 bits come from `random`.
  public static func timed(_ time: Timestamp, random: (UInt64, UInt64)) -> ID {
    let microseconds = UInt64(max(0, time.microseconds))
    let milliseconds = min(microseconds / 1000, 0xffff_ffff_ffff)
    let fraction = microseconds % 1000 * 4096 / 1000
    return ID(
      high: milliseconds << 16 | 0x7000 | fraction,
      low: 0x8000_0000_0000_0000 | ((random.0 ^ random.1) & 0x3fff_ffff_ffff_ffff))
  }

  /// A UUIDv7 of `time` that is greater than `previous`, even where the clock stood still or
  /// went back: then it is the next id after `previous`.
  public static func timed(_ time: Timestamp, random: (UInt64, UInt64), after previous: ID) -> ID {
    let id = timed(time, random: random)
    return id > previous ? id : previous.next
  }

  /// The smallest UUIDv7 greater than this one, which must be one.
  var next: ID {
    let random = (low &+ 1) & 0x3fff_ffff_ffff_ffff
    if random != 0 { return ID(high: high, low: 0x8000_0000_0000_0000 | random) }
    let fraction = (high &+ 1) & 0xfff
    let milliseconds = fraction == 0 ? (high >> 16) &+ 1 : high >> 16
    return ID(high: milliseconds << 16 | 0x7000 | fraction, low: 0x8000_0000_0000_0000)
  }

  /// The millisecond a UUIDv7 carries, as a time; meaningless for ids of another version.
  public var time: Timestamp {
    Timestamp(microseconds: Int64(high >> 16) * 1000)
  }
}
