import Network
import Platform

/// Finds the places a domain's mail can be brought to, by asking the DNS.
public struct Router: Sendable {
  private let resolver: Resolver
  private let entropy: any Entropy

  public init(_ resolver: Resolver, entropy: any Entropy = SystemEntropy()) {
    self.resolver = resolver
    self.entropy = entropy
  }

  /// The places for mail to `domain`, best first; at least one.
  ///
  /// - Parameter domain: what stands behind the @: a domain in A-labels or an address literal.
  public func route(
    to domain: String, _ policy: RoutePolicy
  ) async throws(RouteVerdict) -> [Endpoint] {
    let target = try RoutePlan.target(domain)
    if let route = policy.route { return [Endpoint(route)] }
    switch target {
    case .literal(let address):
      if policy.ownAddresses.contains(address) { throw .loop }
      guard policy.allows(address) else { throw .noUsableExchange }
      return [Endpoint(.ip(address, port: policy.port))]
    case .domain(let name):
      var random = EntropyGenerator(entropy: entropy)
      let mx = await outcome(DNSQuestion(name, .exchange))
      let exchanges = try RoutePlan.exchanges(of: name, mx, using: &random)
      let hosts = await addresses(of: exchanges, policy)
      return try RoutePlan.endpoints(hosts, policy, using: &random)
    }
  }

  /// The places of one host, such as a gateway: a host name or an address, as an operator set it.
  /// Any address is gone to.
  public func gateway(
    _ host: String, port: UInt16, _ families: RoutePolicy.Families = .v4First
  ) async throws(RouteVerdict) -> [Endpoint] {
    if let address = IPAddress(host) { return [Endpoint(.ip(address, port: port))] }
    guard let name = DNSName(host) else { throw .malformedDomain }
    var policy = RoutePolicy()
    policy.port = port
    policy.families = families
    policy.allowsLocalAddresses = true
    var random = EntropyGenerator(entropy: entropy)
    let exchange = RoutePlan.Exchange(host: name, preference: nil)
    let hosts = await addresses(of: [exchange], policy)
    return try RoutePlan.endpoints(hosts, policy, using: &random)
  }

  private func outcome(_ question: DNSQuestion) async -> RoutePlan.Outcome {
    do throws(DNSFailure) {
      return .success(try await resolver.answer(to: question))
    } catch {
      return .failure(error)
    }
  }

  /// Asks for the addresses of all hosts at once.
  private func addresses(
    of exchanges: [RoutePlan.Exchange], _ policy: RoutePolicy
  ) async -> [RoutePlan.Host] {
    let types = policy.families.types
    let found = await withTaskGroup(of: (Int, RoutePlan.Outcome).self) { group in
      for (index, exchange) in exchanges.enumerated() {
        for (family, type) in types.enumerated() {
          group.addTask {
            (
              index * types.count + family,
              await outcome(DNSQuestion(exchange.host, type))
            )
          }
        }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    return exchanges.enumerated().map { index, exchange in
      let outcomes = types.indices.map { family in
        found[index * types.count + family] ?? .failure(.cancelled)
      }
      return RoutePlan.Host(exchange: exchange, addresses: outcomes)
    }
  }
}
