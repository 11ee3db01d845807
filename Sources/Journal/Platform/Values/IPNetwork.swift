/// A range of IP addresses that begin with the same bits: `192.0.2.0/24`, or one address alone.
///
/// The bits behind the prefix are zero, so two spellings of one network are equal.
public struct IPNetwork: Hashable, Comparable, Sendable {
  public let address: IPAddress
  /// Of 32 for IPv4, of 128 for IPv6.
  public let bits: Int

  /// The network of `bits` bits that `address` lies in; more bits than there are count as all.
  public init(_ address: IPAddress, bits: Int = 128) {
    self.bits = max(0, min(bits, Self.width(of: address)))
    // Nothing but bits of IPv4 is IPv4: `::/0` and `0.0.0.0/0` are not one network.
    self.address = address.network(bits: self.bits)
  }

  public func contains(_ other: IPAddress) -> Bool {
    other.isV4 == address.isV4 && other.network(bits: bits) == address
  }

  /// Whether it is one address.
  public var isSingle: Bool { bits == Self.width(of: address) }

  public static func < (one: IPNetwork, other: IPNetwork) -> Bool {
    (one.address, one.bits) < (other.address, other.bits)
  }

  private static func width(of address: IPAddress) -> Int { address.isV4 ? 32 : 128 }
}

extension IPNetwork: CustomStringConvertible, LosslessStringConvertible {
  /// Reads `192.0.2.0/24` or an address alone; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let address = IPAddress(String(parts[0])) else { return nil }
    guard parts.count == 2 else {
      self.init(address)
      return
    }
    guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let bits = Int(parts[1]),
      bits <= Self.width(of: address)
    else { return nil }
    self.init(address, bits: bits)
  }

  /// The address and the number of bits, also where it is one address.
  public var description: String { "\(address)/\(bits)" }
}
