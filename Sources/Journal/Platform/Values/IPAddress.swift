/// An IPv4 or IPv6 address, as one number of 128 bits.
///
/// An IPv4 address is held as `::ffff:a.b.c.d`, so that an IPv4-mapped IPv6 address *is* the IPv4
/// address and every rule about a peer sees one form. Zones (`%eth0`) are not kept.
public struct IPAddress: Hashable, Comparable, Sendable {
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The IPv4 address with these 32 bits.
  public init(v4 bits: UInt32) { self.init(high: 0, low: 0xffff_0000_0000 | UInt64(bits)) }

  public static let anyV4 = IPAddress(v4: 0)
  public static let anyV6 = IPAddress(high: 0, low: 0)
  public static let loopbackV4 = IPAddress(v4: 0x7f00_0001)
  public static let loopbackV6 = IPAddress(high: 0, low: 1)

  public var isV4: Bool { high == 0 && low >> 32 == 0xffff }

  /// 127.0.0.0/8 or ::1.
  public var isLoopback: Bool { isV4 ? low >> 24 & 0xff == 127 : self == .loopbackV6 }

  /// The address with all but its first `bits` bits cleared; of 32 for IPv4, of 128 for IPv6.
  public func network(bits: Int) -> IPAddress {
    let kept = isV4 ? max(0, min(32, bits)) + 96 : max(0, min(128, bits))
    let upper: UInt64 = kept >= 64 ? .max : kept == 0 ? 0 : .max << UInt64(64 - kept)
    let lower: UInt64 = kept <= 64 ? 0 : .max << UInt64(128 - kept)
    return IPAddress(high: high & upper, low: low & lower)
  }

  /// The one peer behind an address as limits count it: an IPv4 address or an IPv6 /64.
  public var subscriber: IPAddress { isV4 ? self : network(bits: 64) }

  public static func < (one: IPAddress, other: IPAddress) -> Bool {
    (one.high, one.low) < (other.high, other.low)
  }
}
