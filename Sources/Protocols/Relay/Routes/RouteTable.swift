import Delivery
import Events
import Network
import State

/// Where mail is brought by what an operator has set: everything to one place, ways to destinations,
/// gateways for priorities, and else by the DNS. SPEC §2.6
struct RouteTable: Hashable, Sendable {
  /// How one destination is reached.
  struct Way: Hashable, Sendable {
    enum Goal: Hashable, Sendable {
      case exchanges(String)
      case place(DeliveryPlace)
      case endpoint(SocketAddress)
    }

    let goal: Goal
    var isLocal = false
    var security = TLSDemand.may
    /// Whose credentials are used.
    var gateway: GatewayLine?
  }

  private let route: SocketAddress?
  private let routes: [RouteLine]
  private let gateways: [GatewayLine]
  /// Ways by the name of their destination, but for those the DNS tells.
  private let named: [String: Way]

  init(route: String = "", routes: [String] = [], gateways: [String] = []) {
    self.route = SocketAddress(route)
    self.routes = routes.compactMap { RouteLine($0) }
    self.gateways = gateways.compactMap { GatewayLine($0) }
    var named: [String: Way] = [:]
    if let route = self.route { named[Self.everything] = Way(goal: .endpoint(route)) }
    for line in self.routes {
      guard let name = Self.name(of: line) else { continue }
      let goal: Way.Goal? =
        switch line.goal {
        case .exchanges: nil
        case .place(let place): .place(place)
        case .socket(let path): .endpoint(.unix(path: path))
        }
      if let goal { named[name] = Way(goal: goal, isLocal: line.isLocal, security: line.security) }
    }
    for gateway in self.gateways {
      named[Self.name(of: gateway)] = Way(
        goal: .place(gateway.place), security: gateway.security, gateway: gateway)
    }
    self.named = named
  }

  private static let everything = "route:"

  private static func name(of line: RouteLine) -> String? {
    let transport = line.isLocal ? "lmtp" : "smtp"
    return switch line.goal {
    case .exchanges: nil
    case .place(let place): "\(transport):\(place.host):\(place.port) \(line.security.rawValue)"
    case .socket(let path): "\(transport):\(path) \(line.security.rawValue)"
    }
  }

  private static func name(of gateway: GatewayLine) -> String {
    "gateway:\(gateway.place.host):\(gateway.place.port) \(gateway.security.rawValue)"
  }

  /// The name of the destination of mail to a domain: of a gateway, a place, or the domain itself.
  ///
  /// - Parameters:
  ///   - turn: which of several matching gateways it is; those that sleep are passed over.
  func destination(
    of domain: String, priority: Int, turn: Int, isAsleep: (String) -> Bool = { _ in false }
  ) -> String {
    if route != nil { return Self.everything }
    if let line = line(for: domain), line.destination != "*" || Self.name(of: line) != nil {
      return Self.name(of: line) ?? domain
    }
    let matching = gateways.filter { $0.priorities.contains(priority) }.map(Self.name(of:))
    guard !matching.isEmpty else { return domain }
    let awake = matching.filter { !isAsleep($0) }
    let choice = awake.isEmpty ? matching : awake
    return choice[turn % choice.count]
  }

  /// How a destination is reached; nil for the name of a gateway or place that is set no longer.
  func way(to destination: String) -> Way? {
    if let way = named[destination] { return way }
    guard !destination.contains(":") || destination.hasPrefix("[") else { return nil }
    return Way(
      goal: .exchanges(destination), security: line(for: destination)?.security ?? .may)
  }

  /// The line that is closest to a domain.
  private func line(for domain: String) -> RouteLine? {
    var best: (line: RouteLine, closeness: Int)?
    for line in routes {
      guard let closeness = line.closeness(to: domain), closeness > best?.closeness ?? -1 else {
        continue
      }
      best = (line, closeness)
    }
    return best?.line
  }
}

extension TLSDemand {
  var security: OutboundTerms.Security {
    switch self {
    case .none: .never
    case .may: .opportunistic
    case .must: .required(verified: false)
    case .verify: .required(verified: true)
    case .implicit: .implicit(verified: true)
    }
  }
}
