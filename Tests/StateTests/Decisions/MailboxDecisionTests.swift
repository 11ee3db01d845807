import Events
import Platform
import TestKit
import Testing

@testable import State

@Suite struct MailboxDecisionTests {
  private func create(_ town: Town, _ name: String) throws -> CreateMailbox {
    CreateMailbox(
      user: town.bob, name: try MailboxName(name), entropy: town.bench.entropy, at: town.bench.now)
  }

  private func rename(_ town: Town, _ from: String, _ to: String) throws -> RenameMailbox {
    RenameMailbox(
      user: town.bob, from: try MailboxName(from), to: try MailboxName(to),
      entropy: town.bench.entropy, at: town.bench.now)
  }

  private func names(_ town: Town) throws -> [String] {
    try town.bench.read { try $0.mailboxes(of: town.bob).compactMap { $0.name?.text } }
  }

  @Test func mailboxesAreCreatedOnce() throws {
    let town = try Town()
    let made = try town.bench.perform(create(town, "Projects/Daybook"))
    check(try town.bench.read { try $0.mailbox(made.mailbox)?.name?.text }, "Projects/Daybook")
    check(
      town.bench.refusal(try create(town, "Projects/Daybook/")), .alreadyExists(what: "the mailbox")
    )
    check(town.bench.refusal(try create(town, "inbox")), .alreadyExists(what: "the mailbox"))
    check(
      town.bench.refusal(try create(town, "shared/x")),
      .invalid(what: "mailbox name", why: "Shared is for shared folders"))
    try town.bench.checkFolds()
  }

  @Test func aNameUsedAgainNeverBringsBackOldUIDs() throws {
    let town = try Town()
    let first = try town.bench.perform(create(town, "x"))
    try town.bench.perform(DeleteMailbox(user: town.bob, name: try MailboxName("x")))
    town.bench.now = town.bench.now.adding(seconds: -86_400)
    let second = try town.bench.perform(create(town, "x"))
    check(second.uidValidity > first.uidValidity, "also after the clock stepped back")
    try town.bench.checkFolds()
  }

  @Test func deletingFreesEverythingButTheLevelsBelow() throws {
    let town = try Town()
    let mailbox = try town.bench.perform(create(town, "a")).mailbox
    try town.bench.perform(create(town, "a/b"))
    try town.append(3, to: mailbox)
    try town.bench.perform(DeleteMailbox(user: town.bob, name: try MailboxName("a")))
    check(try names(town).filter { $0.hasPrefix("a") }, ["a/b"])
    check(try town.bench.read { try $0.use(of: town.bob).bytes }, 0)
    check(try town.bench.read { try $0.mailbox(mailbox) } == nil, "no row is left")
    check(
      town.bench.refusal(DeleteMailbox(user: town.bob, name: .inbox)),
      .forbidden(what: "deleting INBOX"))
    check(
      town.bench.refusal(DeleteMailbox(user: town.bob, name: try MailboxName("a"))),
      .notFound(what: "the mailbox"))
    try town.bench.checkFolds()
  }

  @Test func aLargeMailboxIsEmptiedStepByStep() throws {
    let town = try Town()
    let mailbox = try town.bench.perform(create(town, "big")).mailbox
    try town.append(Int(DecisionLimits.expunges) + 5, to: mailbox, size: 10)
    try town.bench.perform(DeleteMailbox(user: town.bob, name: try MailboxName("big")))
    check(try names(town).contains("big"), false)
    check(try town.bench.read { try $0.mailbox(mailbox)?.isDeleted }, true)
    check(
      town.bench.refusal(AppendMessage(town.bench.parcel(1), user: town.bob, mailbox: mailbox)),
      .notFound(what: "the mailbox"))
    try town.bench.perform(create(town, "big"))
    while try town.bench.perform(PurgeDeleted()) {}
    check(try town.bench.read { try $0.mailbox(mailbox) } == nil, "no row is left")
    check(try town.bench.read { try $0.use(of: town.bob).messages }, 0)
  }

  @Test func renamingTakesTheLevelsBelowAlong() throws {
    let town = try Town()
    for name in ["a", "a/b", "a/b/c", "ab"] { try town.bench.perform(create(town, name)) }
    try town.bench.perform(rename(town, "a", "z/y"))
    check(
      try names(town).filter { $0.hasPrefix("a") || $0.hasPrefix("z") },
      ["ab", "z/y", "z/y/b", "z/y/b/c"])
    check(town.bench.refusal(try rename(town, "a", "q")), .notFound(what: "the mailbox"))
    check(town.bench.refusal(try rename(town, "ab", "z/y")), .alreadyExists(what: "the mailbox"))
    check(
      town.bench.refusal(try rename(town, "z/y", "z/y/x")),
      .invalid(what: "mailbox name", why: "a mailbox cannot move below itself"))
    try town.bench.perform(rename(town, "z", "w"))
    check(try names(town).filter { $0.hasPrefix("w") }, ["w/y", "w/y/b", "w/y/b/c"])
    try town.bench.checkFolds()
  }

  @Test func renamingTheInboxMovesItsMessages() throws {
    let town = try Town()
    try town.append(3, flags: FlagSet([Flag("k")]))
    let renamed = try town.bench.perform(rename(town, "INBOX", "Old"))
    check(renamed.next, nil)
    check(try town.mailbox()?.messages, 0)
    check(try town.mailbox(renamed.mailbox!)?.messages, 3)
    try town.bench.read { view in
      let row = try view.message(.first, in: renamed.mailbox!)!
      check(row.flagSet(keywords: try view.keywords(in: renamed.mailbox!)).keywords, [Flag("k")])
    }
    try town.bench.checkFolds()
  }

  @Test func subscriptionsOutliveTheirMailboxes() throws {
    let town = try Town()
    let name = try MailboxName("x")
    let subscribe = SetSubscription(user: town.bob, name: name, isSubscribed: true)
    check(town.bench.refusal(subscribe), .notFound(what: "the mailbox"))
    try town.bench.perform(create(town, "x"))
    try town.bench.perform(subscribe)
    try town.bench.perform(DeleteMailbox(user: town.bob, name: name))
    check(try town.bench.read { try $0.subscriptions(of: town.bob).contains(name) }, true)
    try town.bench.perform(SetSubscription(user: town.bob, name: name, isSubscribed: false))
    check(try town.bench.read { try $0.subscriptions(of: town.bob).contains(name) }, false)
    try town.bench.checkFolds()
  }
}
