import Events
import TestKit
import Testing

@testable import IMAP

@Suite struct MailboxViewTests {
  private func view(_ uids: [ClosedRange<UInt32>], seen: UInt64 = 10) -> MailboxView {
    MailboxView(
      mailbox: .zero, uidValidity: 1, isReadOnly: false, uids: UIDList(uids), recent: UIDList(),
      keywords: [], seen: Position(seen))
  }

  private func set(_ text: String, isUID: Bool) -> MessageSet {
    var parser = Parser(Array("\(text) ".utf8))
    let set = try? parser.sequenceSet()
    return MessageSet(set: set ?? SequenceSet([]), isUID: isUID)
  }

  @Test func `messages are found by number and by UID`() {
    let full = view([5...6, 9...9])
    let rows: [(String, Bool, [ClosedRange<UInt32>]?)] = [
      ("1:*", false, [5...6, 9...9]), ("2:3", false, [6...6, 9...9]), ("4", false, nil),
      ("1:4", false, nil), ("*", false, [9...9]), ("1:4294967295", false, nil),
      ("1:*", true, [5...6, 9...9]), ("7:8", true, []), ("100:*", true, [9...9]),
      ("4294967295", true, []), ("9,5", true, [5...5, 9...9]),
    ]
    for (text, isUID, expected) in rows {
      check(full.resolve(set(text, isUID: isUID)), expected, "\(text) \(isUID)")
    }
    let empty = view([])
    check(empty.resolve(set("1:*", isUID: false)), [])
    check(empty.resolve(set("1", isUID: false)), nil)
    check(empty.resolve(set("*", isUID: false)), [])
    check(empty.resolve(set("1:*", isUID: true)), [])
  }

  @Test func `what was told is not told again`() {
    var view = view([1...9])
    view.told = [
      MailboxView.Told(uids: [2...3, 7...7], through: Position(20)),
      MailboxView.Told(uids: [5...5], through: Position(12)),
    ]
    let rows: [(UInt32, UInt64, Bool)] = [
      (1, 10, true), (1, 11, false), (2, 20, true), (2, 21, false), (4, 11, false), (7, 15, true),
      (5, 12, true), (5, 13, false),
    ]
    for (uid, modseq, isKnown) in rows {
      check(view.knows(uid, at: Position(modseq)), isKnown, "\(uid) at \(modseq)")
    }
  }

  /// So that a STORE in a mailbox of any size costs what it changes.
  @Test func `a session that changed all that changed knows all`() {
    var view = view([1...9])
    view.own = [
      MailboxView.Own(after: Position(8), through: Position(12)),
      MailboxView.Own(after: Position(12), through: Position(15)),
      MailboxView.Own(after: Position(17), through: Position(20)),
    ]
    let rows: [(UInt64, Bool)] = [(9, true), (10, true), (15, true), (16, false), (20, false)]
    for (changed, isKnown) in rows {
      check(view.knowsChanges(through: Position(changed)), isKnown, "\(changed)")
    }
    view.own = [MailboxView.Own(after: Position(11), through: Position(12))]
    check(view.knowsChanges(through: Position(12)), false, "somebody changed something at 11")
  }

  @Test func `ranges are cut into pieces`() {
    let ranges: [ClosedRange<UInt32>] = [1...5, 7...7, 10...14]
    check(ranges.total, 11)
    for limit in 1...12 {
      let pieces = ranges.pieces(of: limit)
      check(pieces.flatMap { $0.joined() }, Array(ranges.joined()), "\(limit)")
      check(pieces.dropLast().allSatisfy { $0.total == limit }, "all but the last of \(limit) full")
    }
    check([UInt32.max - 1...UInt32.max].pieces(of: 1).count, 2)
  }

  @Test func `UIDs found become message numbers`() {
    let view = view([5...6, 9...9, 20...25])
    check(view.numbers(of: UIDList([6...6, 9...9, 21...22])), [2...3, 5...6])
    check(view.numbers(of: UIDList()), [])
  }
}
