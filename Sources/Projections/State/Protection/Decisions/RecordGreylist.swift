import Events
import Ledger
import Platform

/// Journals which triplets were seen for the first time and which passed, many at once.
public struct RecordGreylist: Decision {
  public typealias View = StateView

  /// So many triplets of each kind are journaled at once.
  public static let most = 1_000

  public let now: ClockMark
  public let seen: [Triplet]
  public let passed: [Triplet]

  public init(at now: ClockMark, seen: [Triplet], passed: [Triplet]) {
    self.now = now
    self.seen = seen
    self.passed = passed
  }

  /// Refuses more than `most` of a kind.
  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Void> {
    let count = max(seen.count, passed.count)
    guard count <= Self.most else {
      throw Refusal.limitReached(
        setting: "triplets in one decision", limit: UInt64(Self.most), used: UInt64(count))
    }
    var events: [Event] = []
    if !seen.isEmpty { events.append(.greylistSeen(GreylistSeen(since: now, triplets: seen))) }
    if !passed.isEmpty {
      events.append(.greylistPassed(GreylistPassed(since: now, triplets: passed)))
    }
    return Outcome(drafts: events.map { Draft($0) })
  }
}
