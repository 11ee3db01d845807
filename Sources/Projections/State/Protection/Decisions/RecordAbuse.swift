import Events
import Ledger
import Platform

/// Journals what was counted of sources that do too much: blocks, reports, blocks that are over, and
/// how far others have come.
///
/// The thresholds are those of this moment: what does not reach them any more is left out.
public struct RecordAbuse: Decision {
  public typealias View = StateView

  /// A counter and what it showed.
  public struct Count: Hashable, Sendable {
    public let key: AbuseKey
    public let count: UInt64

    public init(_ key: AbuseKey, _ count: UInt64) {
      self.key = key
      self.count = count
    }
  }

  /// So much of each kind is journaled at once; the rest is for the next decision.
  public static let most = 500

  public let now: ClockMark
  /// Counters that reached a threshold.
  public let reached: [Count]
  /// Counters that came a quarter of the way further.
  public let counted: [Count]
  /// Blocks whose time has passed.
  public let ended: [Position]
  /// Blocks that had to make room for others.
  public let displaced: [Position]

  public init(
    at now: ClockMark, reached: [Count] = [], counted: [Count] = [], ended: [Position] = [],
    displaced: [Position] = []
  ) {
    self.now = now
    self.reached = reached
    self.counted = counted
    self.ended = ended
    self.displaced = displaced
  }

  public var isEmpty: Bool {
    reached.isEmpty && counted.isEmpty && ended.isEmpty && displaced.isEmpty
  }

  /// Refuses more than `most` of a kind.
  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Void> {
    let count = max(reached.count, counted.count, ended.count, displaced.count)
    guard count <= Self.most else {
      throw Refusal.limitReached(
        setting: "sources in one decision", limit: UInt64(Self.most), used: UInt64(count))
    }
    guard let key = try view.serverKey() else { throw Refusal.notFound(what: "the server's key") }
    var events = try reached.compactMap { try event($0, view) }
    for (positions, reason) in [(ended, "ended"), (displaced, "displaced")] {
      events += try positions.filter { try view.hasBlock($0) }.map {
        .sourceUnblocked(SourceUnblocked(block: $0, reason: reason))
      }
    }
    if !counted.isEmpty {
      let counts = counted.map {
        AbuseCount(
          rule: $0.key.rule.rawValue, user: $0.key.subject.user, count: $0.count,
          source: $0.key.subject.source, service: $0.key.service.rawValue)
      }
      events.append(.abuseCounted(AbuseCounted(since: now, counts: counts)))
    }
    return Outcome(drafts: events.map { Draft($0, seal: .slot(key)) })
  }

  private func event(_ one: Count, _ view: borrowing StateView) throws -> Event? {
    let (rule, service, subject) = (one.key.rule, one.key.service, one.key.subject)
    let policy = try view.policy(of: rule)
    guard policy.threshold > 0, one.count >= policy.threshold, let settings = Settings.abuse[rule]
    else { return nil }
    let setting = try view.version(of: settings.threshold.declaration, for: .system)
    guard let source = subject.source, policy.blockSeconds > 0 else {
      return .abuseReported(
        AbuseReported(
          rule: rule.rawValue, user: subject.user, count: one.count,
          window: UInt64(policy.seconds), service: service.rawValue, setting: setting,
          threshold: UInt64(policy.threshold), source: subject.source))
    }
    return .sourceBlocked(
      SourceBlocked(
        rule: rule.rawValue, count: one.count, since: now,
        until: now.wall.adding(seconds: Int64(policy.blockSeconds)),
        window: UInt64(policy.seconds), service: service.rawValue, setting: setting,
        threshold: UInt64(policy.threshold), source: source))
  }
}

extension StateView {
  func hasBlock(_ position: Position) throws -> Bool {
    var key = RowWriter(capacity: 8)
    key.uint64(position.rawValue)
    return try contains(.block, key.bytes)
  }
}
