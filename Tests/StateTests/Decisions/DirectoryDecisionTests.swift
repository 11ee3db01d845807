import Events
import Ledger
import Platform
import TestKit
import Testing

@testable import State

@Suite struct DirectoryDecisionTests {
  @Test func aDomainComesWithItsAdministratorAndTheirMailboxes() throws {
    let bench = try Bench()
    try bench.perform(ChangeSettings(.system, [.init("limit.users", "7")]))
    let created = try bench.perform(bench.creation("a.test"))
    check(bench.slots.map(\.kind), [.domain, .user, .secret])
    try bench.read { view in
      let domain = try view.domain(named: DomainName("A.TEST"))
      check(domain?.id, created.domain)
      check(domain?.administrator, created.administrator)
      check(try view.user(signingInAs: "Admin@a.test")?.isAdministrator, true)
      let boxes = try view.mailboxes(of: created.administrator)
      check(
        boxes.map { "\($0.name!)\($0.use)" },
        ["Archive\\Archive", "Drafts\\Drafts", "INBOX", "Junk\\Junk", "Sent\\Sent", "Trash\\Trash"])
      check(Set(boxes.map(\.uidValidity)).count, 6)
      check(try view.subscriptions(of: created.administrator).count, 6)
      check(try view.value(Settings.users, for: .domain(created.domain)), 7)
      check(try view.use(of: created.domain).users, 1)
    }
    // The template was copied: changing it later changes nothing here.
    try bench.perform(ChangeSettings(.system, [.init("limit.users", "8")]))
    check(try bench.read { try $0.value(Settings.users, for: .domain(created.domain)) }, 7)
    check(bench.refusal(try bench.creation("A.test")), .alreadyExists(what: "the domain a.test"))
    check(
      bench.refusal(try bench.creation("b.test"), as: .user(created.administrator)),
      .forbidden(what: "creating a domain"))
    try bench.checkFolds()
  }

  @Test func addressesAreUniqueCountedAndSafeFromLookalikes() throws {
    let town = try Town()
    let bench = town.bench
    check(
      bench.refusal(AddUser(try bench.newUser("BOB"), to: town.domain)),
      .alreadyExists(what: "the address bob"))
    let twin = try bench.newUser("вов")  // Cyrillic
    check(twin.localPart.lookalike, LocalPart("bob"))
    check(
      bench.refusal(AddUser(twin, to: town.domain)),
      .conflict(what: "the address вов, which looks like bob,"))
    try town.set(.domain(town.domain), "limit.users", "2")
    check(
      bench.refusal(AddUser(try bench.newUser("eve"), to: town.domain)),
      .limitReached(setting: "limit.users", limit: 2, used: 2))
    try town.set(.domain(town.domain), "limit.users", "0")
    try bench.perform(AddUser(try bench.newUser("eve"), to: town.domain), as: .user(town.admin))
    check(
      bench.refusal(AddUser(try bench.newUser("mal"), to: town.domain), as: town.asBob),
      .forbidden(what: "adding a user"))
    check(
      try bench.read { try $0.users(in: town.domain).map { "\($0.localPart!)" } },
      ["admin", "bob", "eve"])
    try bench.checkFolds()
  }

  @Test func recipientsAreResolved() throws {
    let town = try Town()
    try town.bench.perform(
      CreateMailbox(
        user: town.bob, name: try MailboxName("Lists"), entropy: town.bench.entropy,
        at: town.bench.now))
    let lists = try town.bench.read {
      try $0.mailbox(named: MailboxName("Lists"), of: town.bob)!.id
    }
    func resolve(_ local: String, _ domain: String = "a.test") throws -> Resolution {
      try town.bench.read { try $0.resolve(Array(local.utf8), domain: domain) }
    }
    func user(_ resolution: Resolution) -> UserID? {
      if case .routed(let route) = resolution { route.locals.first?.user } else { nil }
    }
    func mailbox(_ resolution: Resolution) -> MailboxID? {
      if case .routed(let route) = resolution { route.locals.first?.mailbox } else { nil }
    }
    check(mailbox(try resolve("BOB", "A.TEST.")), town.inbox)
    check(mailbox(try resolve("bob+LISTS")), lists)
    check(mailbox(try resolve("bob+nothing")), town.inbox)
    check(mailbox(try resolve("bob+../../etc")), town.inbox)
    check(user(try resolve("postmaster")), town.admin)
    check(user(try resolve("Abuse")), town.admin)
    check(user(try town.bench.read { try $0.resolvePostmaster() }), town.admin)
    for (named, step) in [
      ("BOB", nil), ("Bob+Lists", RouteStep(.plus, Array("bob+lists@a.test".utf8))),
      ("Abuse", RouteStep(.role, Array("abuse@a.test".utf8))),
    ] {
      guard case .routed(let route) = try resolve(named), let recipient = route.locals.first else {
        Issue.record("\(named) leads nowhere")
        continue
      }
      check(recipient.via, step.map { [$0] } ?? [], named)
    }
    check(try resolve("nobody"), .unknown)
    check(try resolve("+lists"), .unknown)
    check(try resolve(String(repeating: "x", count: 100)), .unknown)
    check(try resolve("bob", "b.test"), .foreign)
    check(try resolve("bob", "..."), .foreign)
    try town.set(.user(town.bob), "user.plus_addressing", "off")
    check(try resolve("bob+lists"), .unknown)
    try town.set(.user(town.bob), "user.disabled", "on")
    check(try resolve("bob"), .disabled)
    try town.set(.domain(town.domain), "domain.disabled", "on")
    check(try resolve("postmaster"), .disabled)
    try town.bench.perform(DeleteDomain(town.domain))
    check(try resolve("admin"), .foreign)
    check(try town.bench.read { try $0.user(signingInAs: "admin@a.test") } == nil, "it is gone")
    try town.bench.checkFolds()
  }

  @Test func aDeletedUserIsGoneAtOnceAndEmptiedLater() throws {
    let town = try Town()
    let bench = town.bench
    try town.deliver()
    check(bench.refusal(DeleteUser(town.admin)), .inUse(what: "the domain's only administrator"))
    let verifier = try bench.read { try $0.user(town.bob)!.verifier }
    try bench.perform(DeleteUser(town.bob), as: .user(town.admin))
    check(bench.destroyed, [verifier])
    check(try bench.read { try $0.user(signingInAs: "bob@a.test") } == nil, "no sign-in")
    check(try bench.read { try $0.use(of: town.domain).users }, 1)
    check(try bench.read { try $0.use(of: town.domain).messages }, 1)
    check(bench.refusal(ChangePassword(town.bob, verifier: [1])), .notFound(what: "the user"))
    var steps = 0
    while try bench.perform(PurgeDeleted()) { steps += 1 }
    check(steps > 0, "there was something to purge")
    check(try bench.read { try $0.user(town.bob) } == nil, "no rows are left")
    check(try bench.read { try $0.use(of: town.domain).bytes }, 0)
    check(try bench.read { try $0.mailbox(town.inbox) } == nil, "no mailbox is left")
    try bench.perform(AddUser(try bench.newUser("bob"), to: town.domain))
    try bench.checkFolds()
  }

  @Test func passwordsReplaceTheirSlots() throws {
    let town = try Town()
    let bench = town.bench
    let first = try bench.read { try $0.user(town.bob)! }
    check(first.cram, nil)
    try bench.perform(ChangePassword(town.bob, verifier: [9], cram: [8]), as: town.asBob)
    check(bench.destroyed, [first.verifier])
    check(try bench.read { try $0.user(town.bob)?.cram }, nil)
    try town.set(.domain(town.domain), "authentication.cram_md5", "on")
    try bench.perform(ChangePassword(town.bob, verifier: [9], cram: [8]), as: .user(town.admin))
    let context = try bench.read { try $0.user(town.bob)?.cram }
    check(context != nil, "the domain allows CRAM-MD5")
    try bench.perform(
      RecordSignIn(
        town.admin, service: "imap", mechanism: "PLAIN", client: "192.0.2.1", cram: [7]))
    check(try bench.read { try $0.user(town.admin)?.cram } != nil, "made at a PLAIN sign-in")
    try town.set(.domain(town.domain), "authentication.cram_md5", "off")
    check(try bench.read { try $0.user(town.bob)?.cram }, nil)
    check(bench.destroyed.contains(context!), "contexts end with the switch")
    check(
      bench.refusal(ChangePassword(town.admin, verifier: [1]), as: town.asBob),
      .forbidden(what: "changing the password"))
    check(
      bench.refusal(ChangePassword(town.bob, verifier: []), as: town.asBob),
      .invalid(what: "password", why: "it is empty"))
    try bench.checkFolds()
  }
}
