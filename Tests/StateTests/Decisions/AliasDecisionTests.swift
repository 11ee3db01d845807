import Events
import Platform
import TestKit
import Testing

@testable import State

@Suite struct AliasDecisionTests {
  /// What an address leads to: each user with the kinds of the steps, in order.
  private func route(_ town: Town, _ address: String) throws -> String {
    let parts = address.split(separator: "@").map(String.init)
    let resolution = try town.bench.read {
      try $0.resolve(Array(parts[0].utf8), domain: parts[1])
    }
    guard case .routed(let route) = resolution else { return "\(resolution)" }
    func told(_ name: String, _ via: [RouteStep]) -> String {
      let steps = via.map { "\($0.kind.rawValue) \(String(decoding: $0.address, as: UTF8.self))" }
      return ([name] + steps).joined(separator: " < ")
    }
    let locals = try route.locals.map { recipient in
      let name = try town.bench.read { try $0.user(recipient.user)?.localPart?.description ?? "" }
      return told(name, recipient.via)
    }
    let remotes = route.remotes.map {
      told("-> " + String(decoding: $0.address, as: UTF8.self), $0.via)
    }
    return (locals + remotes).joined(separator: "; ")
  }

  private func add(_ town: Town, _ name: String, _ targets: [String]) throws {
    try town.bench.perform(
      AddAlias(
        LocalPart.registering(name), targets: AliasTargets(targets), in: town.domain,
        entropy: town.bench.entropy, at: town.bench.now), as: .user(town.admin))
  }

  @Test func `every rule takes an address further, and tells it`() throws {
    let town = try Town()
    let bench = town.bench
    try bench.perform(AddUser(try bench.newUser("eve"), to: town.domain))
    try add(town, "all", ["bob@a.test", "EVE@A.test", "bob@a.test"])
    try add(town, "sales", ["all@a.test", "bob+lists@a.test"])
    try add(town, "ring", ["chain@a.test"])
    try add(town, "chain", ["ring@a.test"])
    try add(town, "half", ["ring@a.test", "half@a.test", "eve@a.test"])
    try add(town, "nowhere", ["nobody@a.test"])
    try add(town, "rest", ["eve@a.test"])
    try bench.perform(
      AddDomainAlias(
        try DomainName("b.test"), for: town.domain, entropy: bench.entropy, at: bench.now))
    let table = [
      ("bob@a.test", "bob"),
      ("ALL@a.test", "bob < alias all@a.test; eve < alias all@a.test"),
      (
        "sales@a.test",
        "bob < alias sales@a.test < alias all@a.test; eve < alias sales@a.test < alias all@a.test"
      ),
      ("ring@a.test", "circular"), ("half@a.test", "eve < alias half@a.test"),
      ("nowhere@a.test", "unknown"), ("nobody@a.test", "unknown"),
      ("bob@B.test", "bob < domain_alias bob@b.test"),
      (
        "all@b.test",
        "bob < domain_alias all@b.test < alias all@a.test; "
          + "eve < domain_alias all@b.test < alias all@a.test"
      ),
      ("postmaster@b.test", "admin < domain_alias postmaster@b.test < role postmaster@a.test"),
      ("bob@c.test", "foreign"),
    ]
    for (address, expected) in table { check(try route(town, address), expected, address) }
    try town.set(.domain(town.domain), "domain.catch_all", "rest")
    check(
      try route(town, "nobody@b.test"),
      "eve < domain_alias nobody@b.test < catch_all nobody@a.test < alias rest@a.test")
    check(try route(town, "ring@a.test"), "circular", "an alias is somebody")
    try town.set(.domain(town.domain), "feature.catch_alls", "off")
    check(try route(town, "nobody@a.test"), "unknown")
    try bench.checkFolds()
  }

  @Test func `users pass on what they get, and no rule of theirs loses mail`() throws {
    let town = try Town()
    let bench = town.bench
    let eve = try bench.perform(AddUser(try bench.newUser("eve"), to: town.domain))
    try add(town, "team", ["bob@a.test", "Far.Away@Else.test", "eve@a.test"])
    func set(_ user: UserID, _ targets: String?, deletes: String? = nil) throws {
      try town.set(.user(user), "forward.targets", targets)
      try town.set(.user(user), "forward.delete", deletes)
    }
    check(
      try route(town, "team@a.test"),
      "bob < alias team@a.test; eve < alias team@a.test; "
        + "-> Far.Away@else.test < alias team@a.test")
    try set(town.bob, "eve@a.test,x@else.test")
    check(
      try route(town, "bob@a.test"),
      "bob; eve < forward bob@a.test; -> x@else.test < forward bob@a.test")
    try set(town.bob, "x@else.test", deletes: "on")
    check(try route(town, "bob@a.test"), "-> x@else.test < forward bob@a.test")
    try set(eve, "bob@a.test", deletes: "on")
    try set(town.bob, "eve@a.test", deletes: "on")
    check(try route(town, "bob@a.test"), "eve < forward bob@a.test", "a ring files the mail")
    check(try route(town, "eve@a.test"), "bob < forward eve@a.test")
    try set(town.bob, "gone@a.test", deletes: "on")
    check(try route(town, "bob@a.test"), "bob", "passing on leads nowhere")
    try bench.checkFolds()
  }

  @Test func `aliases are counted, unique, changed and deleted`() throws {
    let town = try Town()
    let bench = town.bench
    try add(town, "info", ["bob@a.test"])
    let alias = try #require(try bench.read { try $0.alias(LocalPart("info")!, in: town.domain) })
    check(
      bench.refusal(AddUser(try bench.newUser("info"), to: town.domain)),
      .alreadyExists(what: "the address info"))
    func refused(_ name: String, _ actor: ActorID) throws -> Refusal? {
      bench.refusal(
        AddAlias(
          try LocalPart.registering(name), targets: try AliasTargets(["x@y.test"]),
          in: town.domain, entropy: bench.entropy, at: bench.now), as: actor)
    }
    check(try refused("bob", .server), .alreadyExists(what: "the address bob"))
    check(try refused("other", town.asBob), .forbidden(what: "adding an alias"))
    try town.set(.domain(town.domain), "limit.user_aliases", "1")
    check(
      try refused("other", .server),
      .limitReached(setting: "limit.user_aliases", limit: 1, used: 1))
    try bench.perform(ChangeAlias(alias.id, targets: try AliasTargets(["admin@a.test"])))
    check(try route(town, "info@a.test"), "admin < alias info@a.test")
    try bench.perform(DeleteAlias(alias.id))
    check(try route(town, "info@a.test"), "unknown")
    check(bench.refusal(DeleteAlias(alias.id)), .notFound(what: "the alias"))
    try bench.checkFolds()
  }

  @Test func `a further name of a domain is unique and goes with the domain`() throws {
    let town = try Town()
    let bench = town.bench
    func adding(_ name: String) throws -> AddDomainAlias {
      AddDomainAlias(
        try DomainName(name), for: town.domain, entropy: bench.entropy, at: bench.now)
    }
    try bench.perform(try adding("b.test"))
    let second = try bench.perform(try adding("c.test"))
    check(bench.refusal(try adding("a.test")), .alreadyExists(what: "the domain a.test"))
    check(bench.refusal(try adding("b.test")), .alreadyExists(what: "the domain b.test"))
    check(
      bench.refusal(try adding("d.test")),
      .limitReached(setting: "limit.domain_aliases", limit: 2, used: 2))
    check(bench.refusal(try bench.creation("b.test")), .alreadyExists(what: "the domain b.test"))
    try bench.perform(DeleteDomainAlias(second, of: town.domain))
    check(try route(town, "bob@c.test"), "foreign")
    check(try bench.read { try $0.domains().count }, 1)
    try bench.perform(DeleteDomain(town.domain))
    check(try route(town, "bob@b.test"), "foreign")
    try bench.checkFolds()
  }

  @Test func `a target is a full address`() {
    for text in ["", "bob", "@a.test", "bob@", "bob@-", "b ob@a.test", "bob@a..test"] {
      do throws(Refusal) {
        _ = try AliasTargets([text])
        check(false, "\(text) was taken")
      } catch {
        check("\(error)".isEmpty, false)
      }
    }
  }
}
