import Events
import Ledger
import Platform
import TestKit
import Testing

@testable import State

@Suite struct FilingTests {
  @Test func oneDecisionFilesForAllRecipients() throws {
    let town = try Town()
    let accepted = try town.deliver(1_000, to: [town.bob, town.admin, town.bob])
    check(accepted.isAccepted, "there was room")
    check(accepted.filings.map(\.isFiled), [true, true, true])
    check(accepted.filings[0], accepted.filings[2], "one copy per mailbox")
    check(
      town.bench.lastEvents.map(\.type.name),
      ["message.accepted", "message.filed", "message.filed"])
    let row = try town.rows()[.first]
    let prefix = "Return-Path: <x@y.test>\r\nDelivered-To: bob@a.test\r\n"
    check(row?.size, 1_000 + UInt64(prefix.utf8.count))
    try town.bench.read { view in
      let stored = try view.stored(row!)
      check(stored.map { String(decoding: $0.prefix, as: UTF8.self) }, prefix)
      check(stored?.content.wraps.count, 2)
      check(stored?.content.bodyLength, 1_000)
      check(stored?.content.envelope, EncodedEnvelope(stored: [0xA0]))
      check(try view.use(of: town.domain).messages, 2)
    }
    let mailbox = try town.mailbox()
    check(mailbox?.uidNext, UID(2))
    check(mailbox?.unseen, 1)
    check(mailbox?.highestModseq, row?.modseq)
    try town.bench.checkFolds()
  }

  @Test func noQuotaIsEverOvershot() throws {
    let town = try Town()
    try town.set(.domain(town.domain), "limit.disk_space", "3")
    try town.set(.user(town.bob), "limit.mailbox_size", "2")
    let megabyte: UInt64 = 1_000_000
    check(try town.deliver(megabyte).isAccepted, "1 of 2 MB")
    check(try town.deliver(megabyte).isAccepted, "2 of 2 MB")
    let full = try town.deliver(megabyte, to: [town.bob])
    check(full.isAccepted, false)
    guard case .overQuota(let limit, _) = full.filings[0] else {
      Issue.record("\(full.filings[0])")
      return
    }
    check(limit, 2 * 1_048_576)
    let others = try town.deliver(megabyte, to: [town.admin, town.bob], .fileOthers)
    check(others.isAccepted, true)
    check(try town.deliver(megabyte, to: [town.admin]).isAccepted, false, "the domain is full")
    let refused = town.bench.refusal(
      AppendMessage(town.bench.parcel(megabyte), user: town.bob, mailbox: town.inbox))
    guard case .overQuota? = refused else {
      Issue.record("\(refused.debugDescription)")
      return
    }
    // What is expunged is free again, to the octet.
    try town.bench.perform(
      ExpungeMessages(user: town.bob, mailbox: town.inbox, onlyDeleted: false))
    check(try town.bench.read { try $0.use(of: town.bob).bytes }, 0)
    check(try town.deliver(megabyte).isAccepted, true)
    try town.bench.checkFolds()
  }

  @Test func recipientsWhoCannotGetItAreTold() throws {
    let town = try Town()
    let gone = try town.recipient()
    try town.set(.domain(town.domain), "limit.message_size", "1")
    check(try town.deliver(1_025).filings, [.tooLarge(limit: 1_024)])
    try town.set(.user(town.bob), "user.disabled", "on")
    check(try town.deliver(100).filings, [.disabled])
    try town.bench.perform(DeleteUser(town.bob))
    check(
      try town.bench.perform(town.bench.acceptance(100, [gone], .fileOthers)).filings, [.gone])
  }

  @Test func recipientsBeyondOneRecordFollowInFurtherEvents() throws {
    let town = try Town()
    try town.set(.domain(town.domain), "limit.users", "0")
    var users = [town.bob]
    for index in 0..<120 {
      let user = try town.bench.newUser("user\(index)")
      users.append(try town.bench.perform(AddUser(user, to: town.domain)))
    }
    let accepted = try town.deliver(500, to: users)
    check(accepted.filings.count { $0.isFiled }, 121)
    let names = town.bench.lastEvents.map(\.type.name)
    check(names.filter { $0 == "message.accepted" }.count, 1)
    check(names.filter { $0 == "message.addressed" }.count >= 1, "the rest follows")
    let origin = try town.rows()[.first]!.origin
    check(try town.bench.read { try $0.content(origin)?.wraps.count }, 121)
    check(try town.bench.read { try $0.content(origin)?.holders }, 121)
    try town.bench.checkFolds()
  }

  @Test func appendingKeepsFlagsDatesAndKeywords() throws {
    let town = try Town()
    let date = Timestamp(seconds: 1_000_000_000)
    let flags = FlagSet([.seen, Flag("$Forwarded"), Flag("work")])
    let appended = try town.bench.perform(
      AppendMessage(
        town.bench.parcel(10), user: town.bob, mailbox: town.inbox, flags: flags,
        internalDate: date))
    check(appended.uid, .first)
    let row = try town.rows()[.first]!
    check(row.internalDate, date)
    check(row.prefixLength, 0)
    try town.bench.read { view in
      check(row.flagSet(keywords: try view.keywords(in: town.inbox)), flags)
    }
    check(
      town.bench.refusal(
        AppendMessage(town.bench.parcel(10), user: town.admin, mailbox: town.inbox)),
      .notFound(what: "the mailbox"))
    try town.bench.checkFolds()
  }

  @Test func aMailboxHas64Keywords() throws {
    let town = try Town()
    let flags = FlagSet((0..<64).map { Flag("k\($0)") })
    try town.append(1, flags: flags)
    check(
      town.bench.refusal(
        AppendMessage(
          town.bench.parcel(10), user: town.bob, mailbox: town.inbox,
          flags: FlagSet([Flag("K1"), Flag("x")]))),
      .limitReached(setting: "keywords of the mailbox", limit: 64, used: 64))
    check(
      town.bench.refusal(
        AppendMessage(
          town.bench.parcel(10), user: town.bob, mailbox: town.archive,
          flags: FlagSet([Flag("a b")]))),
      .invalid(what: "keyword", why: "it is no IMAP atom of at most 100 characters"))
    try town.append(1, flags: FlagSet([Flag("K63")]))
    try town.bench.checkFolds()
  }

  @Test func noAddressAddsALine() {
    let lines = DeliveryPrefix.lines(
      sender: Array("a\r\nBcc: x@y".utf8), recipient: Array("b\n\0c".utf8))
    check(
      String(decoding: lines, as: UTF8.self), "Return-Path: <a??Bcc: x@y>\r\nDelivered-To: b??c\r\n"
    )
  }
}
