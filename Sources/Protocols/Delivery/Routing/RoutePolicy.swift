import Network

/// What this server is, and where mail may go: the rules of routing that are not in the DNS.
public struct RoutePolicy: Hashable, Sendable {
  /// Which addresses are used, and which come first.
  public enum Families: Hashable, Sendable {
    case v4First, v6First, v4Only, v6Only

    var types: [DNSType] {
      switch self {
      case .v4First: [.address, .address6]
      case .v6First: [.address6, .address]
      case .v4Only: [.address]
      case .v6Only: [.address6]
      }
    }
  }

  /// Names and addresses of this server: mail must not be sent to itself.
  public var ownNames: Set<String> = []
  public var ownAddresses: Set<IPAddress> = []
  public var port: UInt16 = 25
  public var families = Families.v4First
  /// Whether loopback and private-use addresses out of the DNS are gone to. Without it a stranger's
  /// MX record makes the server speak to what stands behind its own walls.
  public var allowsLocalAddresses = false
  /// Where everything is brought, whatever the DNS says; for relays and tests.
  public var route: SocketAddress?

  public init() {}

  /// Whether mail may be brought to an address that a stranger's DNS names.
  func allows(_ address: IPAddress) -> Bool {
    switch address.scope {
    case .global: true
    case .local: allowsLocalAddresses
    case .unusable: false
    }
  }
}

extension IPAddress {
  enum Scope: Hashable, Sendable {
    case global
    /// Loopback, link-local, private use. RFC 6890 §2.2
    case local
    /// Unspecified, multicast, broadcast, reserved: no server is there.
    case unusable
  }

  var scope: Scope {
    isV4 ? Self.scope(v4: UInt32(truncatingIfNeeded: low)) : scope6
  }

  private static func scope(v4 bits: UInt32) -> Scope {
    switch bits >> 24 {
    case 0, 224...255: .unusable
    case 10, 127: .local
    case 100 where bits >> 22 == 0x6440_0000 >> 22: .local
    case 169 where bits >> 16 == 0xa9fe: .local
    case 172 where bits >> 20 == 0xac1: .local
    case 192 where bits >> 16 == 0xc0a8: .local
    default: .global
    }
  }

  private var scope6: Scope {
    if high == 0, low >> 32 == 0 { return low == 1 ? .local : .unusable }
    switch high >> 48 {
    case 0xff00...0xffff: return .unusable
    case 0xfe80...0xfebf, 0xfc00...0xfdff: return .local
    case 0x0064 where high & 0xffff_ffff_ffff == 0xff9b_0000_0000 && low >> 32 == 0:
      // What a translator makes an IPv4 address of. RFC 6052 §2.1
      return Self.scope(v4: UInt32(truncatingIfNeeded: low))
    default: return .global
    }
  }
}
