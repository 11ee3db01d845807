import Events
import Platform
import TestKit
import Testing

@testable import State

@Suite struct MessageChangeTests {
  private func set(_ uids: ClosedRange<UInt32>...) -> UIDSet {
    var set = UIDSet()
    for range in uids { set.insert(UID(range.lowerBound)...UID(range.upperBound)) }
    return set
  }

  @Test func flagsChangeOnlyWhereTheyDiffer() throws {
    let town = try Town()
    try town.append(3)
    try town.append(1, flags: FlagSet([.seen]))
    let before = try town.rows()
    let stored = try town.bench.perform(
      StoreFlags(
        user: town.bob, mailbox: town.inbox, uids: set(1...9), mode: .add,
        flags: FlagSet([.seen, Flag("x")])),
      as: town.asBob)
    check(stored.stored, set(1...4))
    check(stored.next, nil)
    let seen = try town.bench.perform(
      StoreFlags(
        user: town.bob, mailbox: town.inbox, uids: set(1...2), mode: .add, flags: FlagSet([.seen])))
    check(seen.stored, set(1...2))
    check(
      town.bench.lastEvents.map(\.type.name), ["mailbox.keyword_added", "message.flags_changed"],
      "no event")
    check(try town.mailbox()?.unseen, 0)
    let replaced = try town.bench.perform(
      StoreFlags(
        user: town.bob, mailbox: town.inbox, uids: set(2...2), mode: .replace,
        flags: FlagSet([.deleted])))
    check(replaced.stored, set(2...2))
    let rows = try town.rows()
    check(rows[UID(2)]?.flags, .deleted)
    check(rows[UID(2)]?.keywords, 0)
    check(rows[UID(1)]!.modseq > before[UID(4)]!.modseq, "the change has a position of its own")
    check(try town.mailbox()?.deleted, 1)
    check(try town.mailbox()?.unseen, 1)
    check(try town.mailbox()?.highestModseq, rows[UID(2)]?.modseq)
    let unknown = try town.bench.perform(
      StoreFlags(
        user: town.bob, mailbox: town.inbox, uids: set(1...4), mode: .remove,
        flags: FlagSet([Flag("y")])))
    check(unknown.stored, set(1...4), "removing an unknown keyword changes nothing")
    try town.bench.checkFolds()
  }

  @Test func whatChangedInTheMeantimeIsLeftAlone() throws {
    let town = try Town()
    try town.append(2)
    let since = try town.mailbox()!.highestModseq
    try town.bench.perform(
      StoreFlags(
        user: town.bob, mailbox: town.inbox, uids: set(1...1), mode: .add,
        flags: FlagSet([.flagged])))
    let stored = try town.bench.perform(
      StoreFlags(
        user: town.bob, mailbox: town.inbox, uids: set(1...2), mode: .add, flags: FlagSet([.seen]),
        unchangedSince: since))
    check(stored.stored, set(2...2))
    check(stored.modified, set(1...1))
  }

  @Test func copiesShareContentAndMovesLeaveNothing() throws {
    let town = try Town()
    try town.deliver()
    try town.append(2, flags: FlagSet([.seen, Flag("work")]))
    let copied = try town.bench.perform(
      CopyMessages(user: town.bob, from: town.inbox, to: town.archive, uids: set(1...1, 3...8)))
    check(copied.source, set(1...1, 3...3))
    check(copied.uids, set(1...2))
    try town.bench.read { view in
      let copy = try view.message(.first, in: town.archive)!
      check(try view.stored(copy)?.prefix.isEmpty, false, "the copy has the same first lines")
      check(try view.content(copy.origin)?.holders, 2)
      let keywords = try view.keywords(in: town.archive)
      check(
        try view.message(UID(2), in: town.archive)?.flagSet(keywords: keywords).keywords,
        [Flag("work")])
      check(try view.use(of: town.bob).messages, 5)
    }
    let bytes = try town.bench.read { try $0.use(of: town.bob).bytes }
    let moved = try town.bench.perform(
      CopyMessages(
        user: town.bob, from: town.inbox, to: town.archive, uids: set(1...3), isMove: true))
    check(moved.uids, set(3...5))
    check(try town.rows().count, 0)
    check(try town.mailbox()?.messages, 0)
    check(try town.mailbox()?.uidNext, UID(4), "UIDs are not given again")
    check(try town.bench.read { try $0.use(of: town.bob).bytes }, bytes)
    let none = try town.bench.perform(
      CopyMessages(user: town.bob, from: town.inbox, to: town.archive, uids: set(1...3)))
    check(none.source.isEmpty, "there is nothing to copy")
    check(
      town.bench.refusal(
        CopyMessages(user: town.admin, from: town.archive, to: town.archive, uids: set(1...1))),
      .notFound(what: "the mailbox"))
    try town.bench.checkFolds()
  }

  @Test func contentIsFreeWhenTheLastCopyGoes() throws {
    let town = try Town()
    try town.deliver()
    try town.bench.perform(
      CopyMessages(user: town.bob, from: town.inbox, to: town.archive, uids: set(1...1)))
    let origin = try town.rows()[.first]!.origin
    try town.bench.perform(
      ExpungeMessages(
        user: town.bob, mailbox: town.inbox, uids: set(1...1), onlyDeleted: false, reason: "pop"))
    check(try town.bench.read { try $0.content(origin)?.holders }, 1)
    check(try town.bench.read { try $0.freed(limit: 10).count }, 0)
    check(
      try town.bench.read { try $0.prefix(of: town.rows(town.archive)[.first]!).isEmpty }, false)
    try town.bench.perform(
      StoreFlags(
        user: town.bob, mailbox: town.archive, uids: set(1...1), mode: .add,
        flags: FlagSet([.deleted])))
    let expunged = try town.bench.perform(ExpungeMessages(user: town.bob, mailbox: town.archive))
    check(expunged.uids, set(1...1))
    check(try town.bench.read { try $0.content(origin) } == nil, "no row is left")
    check(try town.bench.read { try $0.freed(limit: 10).count }, 1)
    check(try town.mailbox(town.archive)?.deleted, 0)
    let nothing = try town.bench.perform(ExpungeMessages(user: town.bob, mailbox: town.archive))
    check(nothing.uids.isEmpty, "nothing is marked")
    try town.bench.checkFolds()
  }

  @Test func largeWorkIsASeriesOfDecisions() throws {
    let town = try Town()
    let count = DecisionLimits.expunges + 10
    try town.append(Int(count), size: 10)
    let all = UIDSet(.first ... .last)
    let first = try town.bench.perform(
      ExpungeMessages(user: town.bob, mailbox: town.inbox, uids: all, onlyDeleted: false))
    check(first.next, UID(DecisionLimits.expunges + 1))
    let second = try town.bench.perform(
      ExpungeMessages(
        user: town.bob, mailbox: town.inbox, uids: UIDSet(first.next! ... .last), onlyDeleted: false
      ))
    check(second.next, nil)
    check(second.uids.count, 10)
    check(try town.mailbox()?.messages, 0)
  }
}
