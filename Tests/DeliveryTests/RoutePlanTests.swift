import Network
import Platform
import TestKit
import Testing

@testable import Delivery

@Suite struct RoutePlanTests {
  static func exchange(_ preference: UInt16, _ host: String) -> DNSData {
    .exchange(preference: preference, host: DNSName(host)!)
  }

  static func found(_ records: [DNSData]) -> RoutePlan.Outcome {
    .success(DNSAnswer(records, at: DNSName("dst.test")!, timeToLive: 60))
  }

  static func addresses(_ texts: String...) -> RoutePlan.Outcome {
    found(texts.map { .address(IPAddress($0)!) })
  }

  /// The route that these hosts give, as text.
  static func plan(
    _ hosts: [(UInt16?, String, RoutePlan.Outcome)], _ policy: RoutePolicy = RoutePolicy()
  ) -> String {
    var random = EntropyGenerator(entropy: SeededEntropy(seed: 1))
    let all = hosts.map { preference, host, outcome in
      RoutePlan.Host(
        exchange: RoutePlan.Exchange(host: DNSName(host)!, preference: preference),
        addresses: [outcome])
    }
    do throws(RouteVerdict) {
      let route = try RoutePlan.endpoints(all, policy, using: &random)
      return route.map { "\($0.host) \($0.address)" }.joined(separator: ", ")
    } catch {
      return "\(error)"
    }
  }

  @Test func exchangesAreOrderedAndEqualsShuffled() throws {
    let domain = DNSName("dst.test")!
    var orders: Set<[String]> = []
    for seed in 0..<50 {
      var random = EntropyGenerator(entropy: SeededEntropy(seed: UInt64(seed)))
      let mx = Self.found([
        Self.exchange(20, "c.test"), Self.exchange(10, "a.test"), Self.exchange(10, "b.test"),
        Self.exchange(30, "192.0.2.1"),
      ])
      let hosts = try RoutePlan.exchanges(of: domain, mx, using: &random).map(\.host.description)
      check(hosts.count, 3)
      check(hosts.last, "c.test")
      orders.insert(hosts)
    }
    check(orders.count, 2, "both orders of equals occur")
  }

  @Test func absentExchangesMeanWhatTheStandardsSay() {
    var random = EntropyGenerator(entropy: SeededEntropy(seed: 1))
    let domain = DNSName("dst.test")!
    func verdict(_ mx: RoutePlan.Outcome) -> String {
      do throws(RouteVerdict) {
        let hosts = try RoutePlan.exchanges(of: domain, mx, using: &random)
        return hosts.map { "\($0.host) \($0.preference.map { "\($0)" } ?? "-")" }.joined(
          separator: ", ")
      } catch {
        return "\(error.status)"
      }
    }
    check(verdict(.failure(.noData)), "dst.test -")
    check(verdict(.failure(.nameNotFound)), "5.1.2")
    check(verdict(.failure(.timedOut)), "4.4.3")
    check(verdict(.failure(.serverFailure(code: 2))), "4.4.3")
    check(verdict(.failure(.malformed)), "4.4.3")
    check(verdict(Self.found([.exchange(preference: 0, host: DNSName.root)])), "5.1.10")
    check(
      verdict(Self.found([.exchange(preference: 0, host: .root), Self.exchange(5, "a.test")])),
      "a.test 5")
    check(verdict(Self.found([Self.exchange(5, "192.0.2.1")])), "5.4.4")
    let flood = (0..<10_000).map { Self.exchange(UInt16(10_000 - $0), "mx\($0).test") }
    check(verdict(Self.found(flood)).split(separator: ",").count, RoutePlan.mostExchanges)
    check(verdict(Self.found(flood)).hasPrefix("mx9999.test 1,"), true)
  }

  @Test func routesAvoidThisServerAndPlacesNobodyMayName() {
    var own = RoutePolicy()
    own.ownNames = ["me.test"]
    own.ownAddresses = [IPAddress("198.51.100.1")!]
    let a = Self.addresses("192.0.2.1")
    let me = Self.addresses("198.51.100.1")
    let table: [([(UInt16?, String, RoutePlan.Outcome)], RoutePolicy, String)] = [
      ([(10, "a.test", a)], own, "a.test 192.0.2.1:25"),
      (
        [(10, "a.test", a), (20, "me.test", me), (20, "c.test", a), (30, "d.test", a)], own,
        "a.test 192.0.2.1:25"
      ),
      ([(10, "a.test", a), (20, "alias.test", me), (30, "d.test", a)], own, "a.test 192.0.2.1:25"),
      ([(10, "me.test", me), (20, "d.test", a)], own, "loop"),
      ([(nil, "dst.test", me)], own, "loop"),
      (
        [(10, "a.test", Self.addresses("127.0.0.1", "10.1.2.3", "0.0.0.0", "224.0.0.1"))], own,
        "noUsableExchange"
      ),
      (
        [
          (
            10, "a.test",
            Self.addresses("::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::a00:1")
          )
        ], own, "noUsableExchange"
      ),
      ([(10, "a.test", .failure(.nameNotFound))], own, "noUsableExchange"),
      ([(nil, "dst.test", .failure(.noData))], own, "noSuchDomain"),
      ([(10, "a.test", .failure(.timedOut)), (20, "b.test", .failure(.noData))], own, "noAnswer"),
      ([(10, "a.test", .failure(.timedOut)), (20, "b.test", a)], own, "b.test 192.0.2.1:25"),
      ([(10, "a.test", a), (20, "b.test", a)], own, "a.test 192.0.2.1:25"),
    ]
    for (index, (hosts, policy, expected)) in table.enumerated() {
      check(Self.plan(hosts, policy), expected, "row \(index)")
    }
    var open = RoutePolicy()
    open.allowsLocalAddresses = true
    open.port = 2_525
    check(Self.plan([(10, "a.test", Self.addresses("127.0.0.1"))], open), "a.test 127.0.0.1:2525")
    check(Self.plan([(10, "a.test", Self.addresses("0.0.0.0"))], open), "noUsableExchange")
  }

  @Test func literalsAndDomainsAreTold() {
    let table: [(String, String)] = [
      ("dst.test", "domain(dst.test)"), ("[192.0.2.1]", "literal(192.0.2.1)"),
      ("[IPv6:2001:db8::1]", "literal(2001:db8::1)"), ("[ipv6:::1]", "literal(::1)"),
      ("[2001:db8::1]", "malformedDomain"), ("[IPv6:192.0.2.1]", "malformedDomain"),
      ("[192.0.2.1", "malformedDomain"), ("[]", "malformedDomain"), ("", "malformedDomain"),
      ("a b", "malformedDomain"), ("bücher.test", "malformedDomain"),
    ]
    for (text, expected) in table {
      let told: String
      do throws(RouteVerdict) {
        switch try RoutePlan.target(text) {
        case .domain(let name): told = "domain(\(name))"
        case .literal(let address): told = "literal(\(address))"
        }
      } catch {
        told = "\(error)"
      }
      check(told, expected, text)
    }
  }
}
