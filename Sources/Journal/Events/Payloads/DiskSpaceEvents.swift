/// A user's messages came to 80, 90 or 100 % of the mailbox size.
public struct UserDiskSpaceUsed: BlankPayload {
  public static let type = EventType("user.disk_space_used", isPublished: true)
  public static let about =
    "A user's messages reached 80, 90 or 100 % of the mailbox size; 100: something had no room."

  public var user = UserID.zero
  /// Octets in use.
  public var used: UInt64 = 0
  /// Octets.
  public var limit: UInt64 = 0
  /// 80, 90 or 100.
  public var percent: UInt64 = 0

  init() {}

  public init(user: UserID, used: UInt64, limit: UInt64, percent: UInt64) {
    self.user = user
    self.used = used
    self.limit = limit
    self.percent = percent
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("used", &used)
    try walker.public("user", &user)
    try walker.public("limit", &limit)
    try walker.public("percent", &percent)
  }
}

/// A domain's messages came to 80, 90 or 100 % of its disk space.
public struct DomainDiskSpaceUsed: BlankPayload {
  public static let type = EventType("domain.disk_space_used", isPublished: true)
  public static let about =
    "The messages of a domain reached 80, 90 or 100 % of its disk space; 100: something had no room."

  /// Octets in use.
  public var used: UInt64 = 0
  /// Octets.
  public var limit: UInt64 = 0
  /// 80, 90 or 100.
  public var percent: UInt64 = 0

  init() {}

  public init(used: UInt64, limit: UInt64, percent: UInt64) {
    self.used = used
    self.limit = limit
    self.percent = percent
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("used", &used)
    try walker.public("limit", &limit)
    try walker.public("percent", &percent)
  }
}
