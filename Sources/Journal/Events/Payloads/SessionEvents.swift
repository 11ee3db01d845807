import Platform

/// A user signed in.
public struct SessionSignedIn: BlankPayload {
  public static let type = EventType("session.signed_in")
  public static let about = "A user signed in."

  public var user = UserID.zero
  /// Such as `imap`.
  public var service = ""
  /// Such as `SCRAM-SHA-256`.
  public var mechanism = ""
  /// The IP address.
  public var client: Personal<String> = .absent

  init() {}

  public init(user: UserID, service: String, mechanism: String, client: String?) {
    self.user = user
    self.service = service
    self.mechanism = mechanism
    self.client = Personal(client)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("user", &user)
    try walker.public("service", &service)
    try walker.public("mechanism", &mechanism)
    try walker.personal("client", &client)
  }
}

/// Sign-ins of one client to one service failed.
public struct SessionRefused: BlankPayload {
  public static let type = EventType("session.refused")
  public static let about = "Sign-ins from one address failed; one event for a window of time."

  /// The user all of them meant, where there is one.
  public var user: UserID?
  public var reason = ""
  public var service = ""
  public var failures: UInt64 = 0
  public var windowSeconds: UInt64 = 0
  /// The IP address.
  public var client: Personal<String> = .absent

  init() {}

  public init(
    user: UserID? = nil, reason: String, service: String, failures: UInt64, windowSeconds: UInt64,
    client: String?
  ) {
    self.user = user
    self.reason = reason
    self.service = service
    self.failures = failures
    self.windowSeconds = windowSeconds
    self.client = Personal(client)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("user", &user)
    try walker.public("reason", &reason)
    try walker.public("service", &service)
    try walker.public("failures", &failures)
    try walker.public("window_seconds", &windowSeconds)
    try walker.personal("client", &client)
  }
}

/// What one client asked of one service in one minute.
public struct TrafficSummarised: BlankPayload {
  public static let type = EventType("traffic.summarised")
  public static let about =
    "What one address did in one minute without signing in or sending a message."

  /// Commands that were refused or not understood.
  public var bad: UInt64 = 0
  /// Its begin.
  public var minute = Timestamp(microseconds: 0)
  /// Connections refused.
  public var refused: UInt64 = 0
  public var service = ""
  public var commands: UInt64 = 0
  public var connections: UInt64 = 0
  /// The IP address.
  public var client: Personal<String> = .absent

  init() {}

  public init(
    bad: UInt64, minute: Timestamp, refused: UInt64, service: String, commands: UInt64,
    connections: UInt64, client: String?
  ) {
    self.bad = bad
    self.minute = minute
    self.refused = refused
    self.service = service
    self.commands = commands
    self.connections = connections
    self.client = Personal(client)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("bad", &bad)
    try walker.public("minute", &minute)
    try walker.public("refused", &refused)
    try walker.public("service", &service)
    try walker.public("commands", &commands)
    try walker.public("connections", &connections)
    try walker.personal("client", &client)
  }
}
