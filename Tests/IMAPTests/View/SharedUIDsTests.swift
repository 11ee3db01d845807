import Events
import TestKit
import Testing

@testable import IMAP

@Suite struct SharedUIDsTests {
  private let odd = UIDList((1...1_000).map { UInt32($0 * 2)...UInt32($0 * 2) })

  @Test func `sessions that have seen the same share one list`() {
    let table = SharedUIDs.Table()
    let first = table.of(.zero)
    check(first === table.of(.zero), true, "one place for a mailbox")
    check(first.list(at: Position(5)), nil)
    check(first.share(odd, at: Position(5)), odd)
    check(first.list(at: Position(5)), odd)
    // Who is behind keeps its own; who is ahead shows the others.
    let older = UIDList([1...3])
    check(first.share(older, at: Position(4)), older)
    check(first.list(at: Position(4)), nil)
    check(first.share(older, at: Position(6)), older)
    check(first.list(at: Position(5)), nil)
    check(first.list(at: Position(6)), older)
  }

  @Test func `a list lives as long as somebody holds it`() {
    let table = SharedUIDs.Table()
    var holder: SharedUIDs? = table.of(.zero)
    check(holder?.share(odd, at: Position(1)), odd)
    check(table.count, 1)
    holder = nil
    check(table.count, 0)
    check(table.of(.zero).list(at: Position(1)), nil)
  }

  @Test func `what one session found serves those that were as far`() {
    let shared = SharedUIDs.Table().of(.zero)
    check(shared.comparison(after: Position(5), through: Position(9)) == nil, "nothing yet")
    shared.keep(SharedUIDs.Comparison(after: Position(5), through: Position(9), present: odd))
    let rows: [(UInt64, UInt64, Bool)] = [
      (5, 9, true), (7, 9, true), (4, 9, false), (5, 8, false), (5, 10, false),
    ]
    for (after, through, isServed) in rows {
      let found = shared.comparison(after: Position(after), through: Position(through))
      check(found?.present, isServed ? odd : nil, "\(after) to \(through)")
    }
    shared.keep(SharedUIDs.Comparison(after: Position(6), through: Position(8)))
    check(shared.comparison(after: Position(6), through: Position(9)) != nil, "the newer stays")
  }
}
