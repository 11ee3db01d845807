import Platform

/// A message from the null sender came: it counts against the limits of the hour.
public struct BounceReceived: BlankPayload {
  public static let type = EventType("bounce.received")
  public static let about =
    "A message from the null sender, such as a delivery report, came for users."

  /// Those of the domain, each once.
  public var users: [UserID] = []
  /// Of the event that accepted it.
  public var origin = Position.zero
  /// The start of the hour it counts in.
  public var window = Timestamp(microseconds: 0)

  init() {}

  public init(users: [UserID], origin: Position, window: Timestamp) {
    self.users = users
    self.origin = origin
    self.window = window
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("users", &users)
    try walker.public("origin", &origin)
    try walker.public("window", &window)
  }
}

/// A user's sending reached a limit of the hour, or goes on.
public struct UserThrottled: BlankPayload {
  public static let type = EventType("user.throttled", isPublished: true)
  public static let about = "A user's mail reached a limit of the hour, or is no longer held."

  public var user = UserID.zero
  /// How much of it was used.
  public var count: UInt64 = 0
  public var limit: UInt64 = 0
  /// When sending goes on.
  public var resume = Timestamp(microseconds: 0)
  /// The start of the hour.
  public var window = Timestamp(microseconds: 0)
  /// The key of the setting, such as `throttle.messages_per_hour`.
  public var counter = ""
  /// Whether the state begins.
  public var isEntered = false
  /// The event that set the limit; 0 for the default.
  public var setting = Position.zero

  init() {}

  public init(
    user: UserID, count: UInt64, limit: UInt64, resume: Timestamp, window: Timestamp,
    counter: String, isEntered: Bool, setting: Position
  ) {
    self.user = user
    self.count = count
    self.limit = limit
    self.resume = resume
    self.window = window
    self.counter = counter
    self.isEntered = isEntered
    self.setting = setting
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("user", &user)
    try walker.public("count", &count)
    try walker.public("limit", &limit)
    try walker.public("resume", &resume)
    try walker.public("window", &window)
    try walker.public("counter", &counter)
    try walker.public("entered", &isEntered)
    try walker.public("setting", &setting)
  }
}

/// A domain's sending reached a limit of the hour, or goes on.
public struct DomainThrottled: BlankPayload {
  public static let type = EventType("domain.throttled", isPublished: true)
  public static let about = "A domain's mail reached a limit of the hour, or is no longer held."

  public var count: UInt64 = 0
  public var limit: UInt64 = 0
  public var domain = DomainID.zero
  public var resume = Timestamp(microseconds: 0)
  public var window = Timestamp(microseconds: 0)
  public var counter = ""
  public var isEntered = false
  public var setting = Position.zero

  init() {}

  public init(
    count: UInt64, limit: UInt64, domain: DomainID, resume: Timestamp, window: Timestamp,
    counter: String, isEntered: Bool, setting: Position
  ) {
    self.count = count
    self.limit = limit
    self.domain = domain
    self.resume = resume
    self.window = window
    self.counter = counter
    self.isEntered = isEntered
    self.setting = setting
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("count", &count)
    try walker.public("limit", &limit)
    try walker.public("domain", &domain)
    try walker.public("resume", &resume)
    try walker.public("window", &window)
    try walker.public("counter", &counter)
    try walker.public("entered", &isEntered)
    try walker.public("setting", &setting)
  }
}
