/// The data of one record.
public enum DNSData: Hashable, Sendable {
  /// A, AAAA.
  case address(IPAddress)
  /// CNAME, PTR.
  case name(DNSName)
  /// MX. The root as host says that there is no mail (RFC 7505).
  case exchange(preference: UInt16, host: DNSName)
  /// TXT, its strings joined. RFC 7208 §3.3
  case text([UInt8])
  /// TLSA. RFC 6698 §2.1
  case association(usage: UInt8, selector: UInt8, matching: UInt8, data: [UInt8])
}

/// The records that answer a question; at least one.
public struct DNSAnswer: Hashable, Sendable {
  public let records: [DNSData]
  /// The name they stand at, after the aliases on the way.
  public let name: DNSName
  /// Seconds for which the answer holds, the aliases included.
  public let timeToLive: UInt32
  /// The resolver says that it has checked the answer (DNSSEC). Worth as much as the way to it.
  public let isAuthentic: Bool

  public init(
    _ records: [DNSData], at name: DNSName, timeToLive: UInt32, isAuthentic: Bool = false
  ) {
    self.records = records
    self.name = name
    self.timeToLive = timeToLive
    self.isAuthentic = isAuthentic
  }

  /// The addresses among the records.
  public var addresses: [IPAddress] {
    records.compactMap { if case .address(let address) = $0 { address } else { nil } }
  }
}
