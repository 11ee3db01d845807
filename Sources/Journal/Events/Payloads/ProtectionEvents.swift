import Platform

/// A rule of abuse detection shut a source out of a service for a time.
public struct SourceBlocked: BlankPayload {
  public static let type = EventType("source.blocked")
  public static let about =
    "A source did too much of what a rule of abuse detection counts, and is shut out for a time."

  /// Such as `brute_force`.
  public var rule = ""
  /// What was counted.
  public var count: UInt64 = 0
  public var since = ClockMark.zero
  /// By the wall clock as it was then; the boot clock decides.
  public var until = Timestamp(microseconds: 0)
  /// The time over which it counted, in seconds.
  public var window: UInt64 = 0
  /// Such as `imap`.
  public var service = ""
  /// The event that set the threshold; 0 for the default.
  public var setting = Position.zero
  public var threshold: UInt64 = 0
  /// The address, or the IPv6 network of 64 bits.
  public var source: Personal<String> = .absent

  init() {}

  public init(
    rule: String, count: UInt64, since: ClockMark, until: Timestamp, window: UInt64,
    service: String, setting: Position, threshold: UInt64, source: String?
  ) {
    self.rule = rule
    self.count = count
    self.since = since
    self.until = until
    self.window = window
    self.service = service
    self.setting = setting
    self.threshold = threshold
    self.source = Personal(source)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("rule", &rule)
    try walker.public("count", &count)
    try walker.public("since", &since)
    try walker.public("until", &until)
    try walker.public("window", &window)
    try walker.public("service", &service)
    try walker.public("setting", &setting)
    try walker.public("threshold", &threshold)
    try walker.personal("source", &source)
  }
}

/// A block is over: its time has passed, newer ones needed its room, or the actor of the event
/// lifted it.
public struct SourceUnblocked: BlankPayload {
  public static let type = EventType("source.unblocked")
  public static let about = "A block ended by itself, or the actor lifted it."

  /// Of the event that began it.
  public var block = Position.zero
  /// `ended`, `lifted`, or `displaced` by newer ones where there were too many.
  public var reason = ""

  init() {}

  public init(block: Position, reason: String) {
    self.block = block
    self.reason = reason
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("block", &block)
    try walker.public("reason", &reason)
  }
}

/// A rule that only notifies was met.
public struct AbuseReported: BlankPayload {
  public static let type = EventType("abuse.reported")
  public static let about =
    "A user or a source did too much of what a rule counts that does not block."

  /// Such as `internal_spammer`.
  public var rule = ""
  /// Whom the rule counts, where it is about users.
  public var user: UserID?
  public var count: UInt64 = 0
  /// In seconds.
  public var window: UInt64 = 0
  public var service = ""
  /// The event that set the threshold; 0 for the default.
  public var setting = Position.zero
  public var threshold: UInt64 = 0
  /// The address or network, where the rule is about clients.
  public var source: Personal<String> = .absent

  init() {}

  public init(
    rule: String, user: UserID? = nil, count: UInt64, window: UInt64, service: String,
    setting: Position, threshold: UInt64, source: String?
  ) {
    self.rule = rule
    self.user = user
    self.count = count
    self.window = window
    self.service = service
    self.setting = setting
    self.threshold = threshold
    self.source = Personal(source)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("rule", &rule)
    try walker.public("user", &user)
    try walker.public("count", &count)
    try walker.public("window", &window)
    try walker.public("service", &service)
    try walker.public("setting", &setting)
    try walker.public("threshold", &threshold)
    try walker.personal("source", &source)
  }
}

/// Sources came a quarter of the way closer to a threshold.
public struct AbuseCounted: BlankPayload {
  public static let type = EventType("abuse.counted")
  public static let about =
    "Sources passed a quarter of what a rule allows, so that a restart does not forget them."

  public var since = ClockMark.zero
  public var counts: Personal<[AbuseCount]> = .absent

  init() {}

  public init(since: ClockMark, counts: [AbuseCount]?) {
    self.since = since
    self.counts = Personal(counts)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("since", &since)
    try walker.personal("counts", &counts)
  }
}

extension ClockMark {
  /// No moment.
  static let zero = ClockMark(wall: .zero, boot: .zero, sinceBoot: 0)
}
