import Network

/// The rules by which DNS facts become an ordered list of places. Pure. RFC 5321 §5.1
enum RoutePlan {
  /// Exchanges whose addresses are asked for; a domain may name ten thousand.
  static let mostExchanges = 10
  /// Places in a route.
  static let mostEndpoints = 20

  typealias Outcome = Result<DNSAnswer, DNSFailure>

  /// A host that takes the domain's mail, and the preference of its MX; nil for the domain itself.
  struct Exchange: Hashable, Sendable {
    let host: DNSName
    let preference: UInt16?
  }

  /// A host with what the DNS says of its addresses.
  struct Host: Hashable, Sendable {
    let exchange: Exchange
    /// One outcome for each family that is used, in order of preference.
    let addresses: [Outcome]
  }

  /// What a domain is before the DNS is asked.
  enum Target: Hashable, Sendable {
    case domain(DNSName)
    case literal(IPAddress)
  }

  // address-literal = "[" ( IPv4-address-literal / "IPv6:" IPv6-addr ) "]"
  /// Reads what stands behind the @: a domain in A-labels, or an address literal.
  static func target(_ domain: String) throws(RouteVerdict) -> Target {
    guard domain.hasPrefix("[") else {
      guard let name = DNSName(domain) else { throw .malformedDomain }
      return .domain(name)
    }
    guard domain.hasSuffix("]") else { throw .malformedDomain }
    let inner = domain.dropFirst().dropLast()
    let isV6 = inner.lowercased().hasPrefix("ipv6:")
    let text = String(isV6 ? inner.dropFirst(5) : inner)
    guard isV6 == text.contains(":"), let address = IPAddress(text) else { throw .malformedDomain }
    return .literal(address)
  }

  /// The hosts to ask addresses of, best first; those of equal preference in random order.
  static func exchanges(
    of domain: DNSName, _ mx: Outcome, using random: inout some RandomNumberGenerator
  ) throws(RouteVerdict) -> [Exchange] {
    switch mx {
    case .failure(.nameNotFound): throw .noSuchDomain
    // No MX: the domain itself is the exchange.
    case .failure(.noData): return [Exchange(host: domain, preference: nil)]
    case .failure: throw .noAnswer
    case .success(let answer):
      var found: [Exchange] = []
      for case .exchange(let preference, let host) in answer.records {
        found.append(Exchange(host: host, preference: preference))
      }
      if !found.isEmpty, found.allSatisfy(\.host.isRoot) { throw .takesNoMail }
      found.removeAll { !$0.host.isHostName || isAddress($0.host) }
      guard !found.isEmpty else { throw .noUsableExchange }
      found.shuffle(using: &random)
      // A stable sort keeps the random order of equals.
      let sorted = found.enumerated().sorted { one, other in
        (one.element.preference ?? 0, one.offset) < (other.element.preference ?? 0, other.offset)
      }
      return sorted.prefix(mostExchanges).map(\.element)
    }
  }

  /// The places in order, from what the DNS says of each host's addresses.
  static func endpoints(
    _ hosts: [Host], _ policy: RoutePolicy, using random: inout some RandomNumberGenerator
  ) throws(RouteVerdict) -> [Endpoint] {
    let usable = withoutSelf(hosts, policy)
    guard !usable.isEmpty else { throw .loop }
    var endpoints: [Endpoint] = []
    var seen: Set<IPAddress> = []
    for host in usable {
      for outcome in host.addresses {
        guard case .success(let answer) = outcome else { continue }
        for address in answer.addresses.shuffled(using: &random)
        where policy.allows(address) && seen.insert(address).inserted {
          endpoints.append(
            Endpoint(
              host: host.exchange.host.description, address: .ip(address, port: policy.port),
              preference: host.exchange.preference))
        }
      }
    }
    if endpoints.isEmpty { throw verdict(on: usable) }
    return Array(endpoints.prefix(mostEndpoints))
  }

  /// Hosts that are better than this server, where it is among them: who is no better would send
  /// the mail back here.
  private static func withoutSelf(_ hosts: [Host], _ policy: RoutePolicy) -> [Host] {
    let own = hosts.first { host in
      policy.ownNames.contains(host.exchange.host.description)
        || host.addresses.contains { outcome in
          guard case .success(let answer) = outcome else { return false }
          return answer.addresses.contains(where: policy.ownAddresses.contains)
        }
    }
    guard let own else { return hosts }
    guard let limit = own.exchange.preference else { return [] }
    return hosts.filter { ($0.exchange.preference ?? 0) < limit }
  }

  /// Why no host has a usable address.
  private static func verdict(on hosts: [Host]) -> RouteVerdict {
    let failures = hosts.flatMap(\.addresses).compactMap { outcome in
      if case .failure(let failure) = outcome { failure } else { nil }
    }
    if failures.contains(where: \.isTemporary) { return .noAnswer }
    let isImplicit = hosts.allSatisfy { $0.exchange.preference == nil }
    return isImplicit && failures.count == hosts.flatMap(\.addresses).count
      ? .noSuchDomain : .noUsableExchange
  }

  /// Whether an MX names an address, which is no host name. RFC 5321 §5.1
  private static func isAddress(_ host: DNSName) -> Bool { IPAddress(host.description) != nil }
}
