import Glibc
import Network
import Platform
import TestKit
import Testing

@testable import Delivery

@Suite struct RouterTests {
  /// Where nobody answers for the DNS, and what needs none of it.
  @Test func routesThatNeedNoAnswerAndThoseThatGetNone() async throws {
    try await Stage.run { stage in
      var settings = ResolverSettings(servers: [.ip(.loopbackV4, port: 1)])
      settings.patience = [.milliseconds(100)]
      let resolver = Resolver(settings, on: stage.loop)
      let router = Router(resolver)
      func told(_ domain: String, _ policy: RoutePolicy) async -> String {
        do throws(RouteVerdict) {
          return try await router.route(to: domain, policy).map(\.description).joined(
            separator: ", ")
        } catch {
          return "\(error.status)"
        }
      }
      var policy = RoutePolicy()
      check(await told("dst.test", policy), "4.4.3")
      check(await told("[192.0.2.9]", policy), "192.0.2.9 [192.0.2.9:25]")
      check(await told("[127.0.0.1]", policy), "5.4.4")
      check(await told("[IPv6:2001:db8::9]", policy), "2001:db8::9 [[2001:db8::9]:25]")
      policy.ownAddresses = [IPAddress("192.0.2.9")!]
      check(await told("[192.0.2.9]", policy), "5.4.6")
      check(await told("no domain", policy), "5.1.2")
      policy.route = .ip(.loopbackV4, port: 2_525)
      check(await told("dst.test", policy), "127.0.0.1 [127.0.0.1:2525]")
      let gateway = try await router.gateway("127.0.0.1", port: 587)
      check(gateway.map(\.description), ["127.0.0.1 [127.0.0.1:587]"])
      resolver.stop()
      await stage.turns()
    }
  }
}
