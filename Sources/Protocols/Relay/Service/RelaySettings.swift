import Delivery
import Network
import Platform
import State

/// What the settings say about the relay, as one value: a change shows by comparing.
struct RelaySettings: Hashable, Sendable {
  var bounds = Scheduler.Bounds()
  var schedule = RetrySchedule()
  var table = RouteTable()
  var port: UInt16 = 25
  var allowsLocal = false
  /// The addresses this server listens on, where they are named.
  var ownAddresses: Set<IPAddress> = []
  var resolver: SocketAddress?
  var floor = Network.TLSFloor.tls12

  init() {}

  init(_ view: borrowing StateView) throws {
    bounds.workers = try view.value(Settings.deliveries, for: .system)
    bounds.perDestination = try view.value(Settings.deliveriesPerDestination, for: .system)
    bounds.perDomain = try view.value(Settings.deliveriesPerDomain, for: .system)
    schedule.minutes = try view.value(Settings.retrySchedule, for: .system).compactMap { Int($0) }
      .sorted()
    schedule.interval = try view.value(Settings.retryInterval, for: .system)
    schedule.lifetime = try view.value(Settings.retryLifetime, for: .system)
    schedule.delayNotice = try view.value(Settings.delayNotice, for: .system)
    table = RouteTable(
      route: try view.value(Settings.deliveryRoute, for: .system),
      routes: try view.value(Settings.deliveryRoutes, for: .system),
      gateways: try view.value(Settings.gateways, for: .system))
    port = UInt16(clamping: try view.value(Settings.deliveryPort, for: .system))
    allowsLocal = try view.value(Settings.allowsLocal, for: .system)
    ownAddresses = Set(
      try view.value(Settings.listenAddresses, for: .system).compactMap { IPAddress($0) })
    resolver = SocketAddress(try view.value(Settings.resolver, for: .system))
    floor = try view.value(Settings.tlsFloor, for: .system) == .tls13 ? .tls13 : .tls12
  }

  func policy(ownName: String) -> RoutePolicy {
    var policy = RoutePolicy()
    policy.ownNames = [ownName.lowercased()]
    policy.ownAddresses = ownAddresses
    policy.port = port
    policy.allowsLocalAddresses = allowsLocal
    return policy
  }
}
