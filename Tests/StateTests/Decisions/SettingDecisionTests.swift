import Events
import Platform
import TestKit
import Testing

@testable import State

@Suite struct SettingDecisionTests {
  @Test func valuesAreInheritedAndTakenBack() throws {
    let town = try Town()
    func mailboxSize() throws -> Int {
      try town.bench.read { try $0.value(Settings.mailboxSize, for: .user(town.bob)) }
    }
    check(try mailboxSize(), 0)
    try town.set(.domain(town.domain), "limit.mailbox_size", "50")
    check(try mailboxSize(), 50)
    try town.set(.user(town.bob), "limit.mailbox_size", "20")
    check(try mailboxSize(), 20)
    check(
      try town.bench.read {
        try $0.state(of: Settings.mailboxSize.declaration, for: .user(town.bob)).source
      }, .user)
    try town.set(.user(town.bob), "limit.mailbox_size", nil)
    check(try mailboxSize(), 50)
    try town.bench.checkFolds()
  }

  @Test func oneEventHoldsOldAndNewOfWhatChanged() throws {
    let town = try Town()
    try town.set(.domain(town.domain), "limit.users", "7")
    let changed = try town.bench.perform(
      ChangeSettings(
        .domain(town.domain),
        [
          .init("limit.users", "8"), .init("limit.disk_space", "500"),
          .init("limit.recipients", "5"),
        ]))
    check(
      changed.changes,
      [
        SettingChange(key: "limit.users", old: "7", new: "8"),
        SettingChange(key: "limit.disk_space", old: nil, new: "500"),
        SettingChange(key: "limit.recipients", old: nil, new: "5"),
      ])
    check(town.bench.lastEvents.count, 1)
    let again = try town.bench.perform(
      ChangeSettings(.domain(town.domain), [.init("limit.users", "8")]))
    check(again.changes.isEmpty, "nothing changed, nothing is journaled")
  }

  @Test func personalValuesAreSealedAndReachTheDirectory() throws {
    let town = try Town()
    try town.bench.perform(
      ChangeSettings(.user(town.bob), [.init("user.display_name", "Bob B.")]), as: town.asBob)
    guard case .settingChanged(let event)? = town.bench.lastEvents.first else {
      Issue.record("no event")
      return
    }
    check(event.changes.isEmpty, "not in clear")
    check(event.personalChanges.value?.map(\.new), ["Bob B."])
    check(try town.bench.read { try $0.user(town.bob)?.displayName }, "Bob B.")
    try town.bench.checkFolds()
  }

  @Test func everyRefusalNamesItsReason() throws {
    let town = try Town()
    let admin = ActorID.user(town.admin)
    let table: [(SettingTarget, String, String, ActorID, Refusal?)] = [
      (.system, "no.such", "1", .server, .notFound(what: "the setting no.such")),
      (
        .system, "ldap.port", "1", .server,
        .awaits(what: "the setting ldap.port", feature: "listeners per domain")
      ),
      (
        .user(town.bob), "host.name", "x.test", .server,
        .invalid(what: "host.name", why: "it is not a setting of a user")
      ),
      (.domain(town.domain), "limit.users", "9", admin, .forbidden(what: "changing limit.users")),
      (
        .domain(town.domain), "smtp.require_authentication", "off", town.asBob,
        .forbidden(what: "changing smtp.require_authentication")
      ),
      (
        .user(town.admin), "user.display_name", "x", town.asBob,
        .forbidden(what: "changing user.display_name")
      ),
      (
        .user(town.bob), "user.disabled", "off", town.asBob,
        .forbidden(what: "changing user.disabled")
      ),
      (.system, "log.level", "debug", admin, .forbidden(what: "changing log.level")),
      (.system, "log.level", "debug", .peer, .forbidden(what: "changing log.level")),
      (
        .domain(DomainID(rawValue: ID(high: 5, low: 5))), "limit.users", "1", .server,
        .notFound(what: "the domain")
      ),
      (.domain(town.domain), "smtp.require_authentication", "off", admin, nil),
      (.user(town.bob), "service.imap", "off", admin, nil),
      (.user(town.bob), "user.plus_addressing", "off", town.asBob, nil),
      (.system, "limit.users", "9", .operator(uid: 0), nil),
    ]
    for (target, key, value, actor, expected) in table {
      let change = ChangeSettings(target, [.init(key, value)])
      check(town.bench.refusal(change, as: actor), expected, "\(key) for \(target) by \(actor)")
    }
    try town.set(.domain(town.domain), "feature.service_access", "off")
    check(
      town.bench.refusal(ChangeSettings(.user(town.bob), [.init("service.pop", "off")]), as: admin),
      .forbidden(what: "changing service.pop"))
    try town.bench.checkFolds()
  }

  @Test func everyAwaitedSettingIsRefusedWithItsFeature() throws {
    let town = try Town()
    for declaration in Settings.all {
      guard case .awaits(let feature) = declaration.enforcement else { continue }
      let value = declaration.standard.isEmpty ? "x" : declaration.standard
      check(
        town.bench.refusal(ChangeSettings(.system, [.init(declaration.key, value)])),
        .awaits(what: "the setting \(declaration.key)", feature: feature), declaration.key)
    }
  }

  @Test func requestsAreRememberedByTheirCorrelation() throws {
    let bench = try Bench()
    let correlation = ID(high: 4, low: 2)
    try bench.perform(bench.creation("a.test"), correlation: correlation)
    check(try bench.read { try $0.request(correlation) }, Position(2))
    check(try bench.read { try $0.request(ID(high: 4, low: 3)) }, nil)
  }
}
