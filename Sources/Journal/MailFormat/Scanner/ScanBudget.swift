/// What a scanner may still keep of the message at hand.
struct ScanBudget: Sendable {
  private var octets: Int
  private(set) var addresses: Int
  private(set) var parameters: Int
  var isCapped = false

  init(_ limits: ScanLimits) {
    octets = limits.retainedOctets
    addresses = limits.addresses
    parameters = limits.parameters
  }

  /// Whether a value of `count` octets may be kept; if so it is counted.
  mutating func keep(_ count: Int) -> Bool {
    guard count <= octets else {
      isCapped = true
      return false
    }
    octets -= count
    return true
  }

  /// The addresses in `value`, as many as may be kept.
  mutating func list(_ value: [UInt8]) -> [MailAddress] {
    let parser = AddressParser.parse(value, limit: addresses)
    addresses -= min(parser.addresses.count, addresses)
    if parser.isCapped { isCapped = true }
    return parser.addresses
  }

  mutating func media(_ value: [UInt8]) -> MediaType? {
    let media = MediaType(unfolded: value, parameters: parameters, isCapped: &isCapped)
    parameters -= media?.parameters.count ?? 0
    return media
  }

  mutating func disposition(_ value: [UInt8]) -> Disposition? {
    let disposition = Disposition(unfolded: value, parameters: parameters, isCapped: &isCapped)
    parameters -= disposition?.parameters.count ?? 0
    return disposition
  }
}
