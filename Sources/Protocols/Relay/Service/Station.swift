import Delivery
import Network
import Platform
import State

/// What deliveries on one loop work with: sessions that are kept, and the DNS.
struct Station: Sendable {
  let courier: Courier
  let resolver: Resolver
  let router: Router

  init(_ node: Node, _ loop: EventLoop, _ settings: RelaySettings) throws {
    courier = Courier(
      try OutboundMeans(
        loop: loop, workers: node.pool, floor: settings.floor, entropy: node.entropy))
    let resolving =
      settings.resolver.map { ResolverSettings(servers: [$0]) } ?? ResolverSettings.ofMachine()
    resolver = Resolver(resolving, on: loop, entropy: node.entropy)
    router = Router(resolver, entropy: node.entropy)
  }

  func close() {
    courier.pool.close()
    resolver.stop()
  }
}
