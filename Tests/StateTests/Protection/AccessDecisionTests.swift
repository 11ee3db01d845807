import Events
import Ledger
import Platform
import TestKit
import Testing

@testable import State

@Suite struct AccessDecisionTests {
  let network = IPNetwork("192.0.2.0/24")!

  func list(_ bench: Bench) throws -> [String] {
    try bench.read { try $0.accessEntries() }.map {
      "\($0.action) \($0.service) \($0.network) \($0.comment)"
    }
  }

  @Test func networksAreListedPerServiceAndChangeOver() throws {
    let bench = try Bench()
    try bench.perform(
      ChangeAccess(network, .deny, comment: "spam since May"), as: .operator(uid: 0))
    check(try list(bench).count, 3)
    try bench.perform(ChangeAccess(network, .allow, services: [.imap]))
    check(
      try list(bench),
      [
        "deny smtp 192.0.2.0/24 spam since May", "allow imap 192.0.2.0/24 ",
        "deny pop 192.0.2.0/24 spam since May",
      ])
    try bench.perform(ChangeAccess(IPNetwork("2001:db8::/32")!, .deny, services: [.smtp]))
    try bench.perform(ChangeAccess(network, nil, services: [.smtp, .imap]))
    check(
      try list(bench), ["deny smtp 2001:db8::/32 ", "deny pop 192.0.2.0/24 spam since May"])
    try bench.checkFolds()
  }

  @Test func whatCannotBeListedIsRefused() throws {
    let bench = try Bench()
    let table: [(ChangeAccess, ActorID, Refusal?)] = [
      (ChangeAccess(network, .deny), .peer, .forbidden(what: "changing who may connect")),
      (ChangeAccess(network, nil), .server, .notFound(what: "an entry for 192.0.2.0/24")),
      (
        ChangeAccess(network, .deny, comment: "two\nlines"), .server,
        .invalid(what: "the comment", why: "it is one line of at most 200 characters")
      ),
      (ChangeAccess(network, .deny), .server, nil),
    ]
    for (decision, actor, refusal) in table { check(bench.refusal(decision, as: actor), refusal) }
  }

  @Test func networksAreReadInOneSpelling() {
    let table: [(String, String?)] = [
      ("192.0.2.9/24", "192.0.2.0/24"), ("192.0.2.9", "192.0.2.9/32"), ("0.0.0.0/0", "0.0.0.0/0"),
      ("2001:DB8::1/32", "2001:db8::/32"), ("::1", "::1/128"), ("::/0", "::/0"),
      ("::ffff:192.0.2.9", "192.0.2.9/32"), ("192.0.2.0/33", nil), ("192.0.2.0/", nil),
      ("192.0.2.0/-1", nil), ("192.0.2.0/+8", nil), ("192.0.2/24", nil), ("host/24", nil),
      ("1.2.3.4/8/8", nil), ("", nil),
    ]
    for (text, expected) in table { check(IPNetwork(text)?.description, expected, text) }
    let all = IPNetwork("0.0.0.0/0")!
    check(all.contains(IPAddress("203.0.113.9")!), "every IPv4 address")
    check(!all.contains(IPAddress("2001:db8::1")!), "no IPv6 address")
    check(!IPNetwork("::/0")!.contains(IPAddress("203.0.113.9")!), "no IPv4 address")
  }
}
