import Platform

/// The server has begun to write.
public struct ServerStarted: BlankPayload {
  public static let type = EventType("server.started")
  public static let about = "The server runs and may write."

  /// The boot id of the machine.
  public var boot = ID.zero
  /// Whether the stop before it was in order.
  public var isClean = false
  public var version = ""

  init() {}

  public init(boot: ID, isClean: Bool, version: String) {
    self.boot = boot
    self.isClean = isClean
    self.version = version
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("boot", &boot)
    try walker.public("clean", &isClean)
    try walker.public("version", &version)
  }
}

/// The server has stopped in order.
public struct ServerStopped: BlankPayload {
  public static let type = EventType("server.stopped")
  public static let about = "The server ends in order; nothing is written after it."

  public var reason = ""

  init() {}

  public init(reason: String) {
    self.reason = reason
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("reason", &reason)
  }
}

/// The wall clock was moved; timers and windows are counted anew from `after`.
public struct ClockStepped: BlankPayload {
  public static let type = EventType("clock.stepped")
  public static let about = "The wall clock and the boot clock came apart by more than a second."

  /// The wall clock as it now is.
  public var after = Timestamp(microseconds: 0)
  /// What the wall clock should have been by the boot clock.
  public var before = Timestamp(microseconds: 0)
  /// The boot clock, in nanoseconds.
  public var bootNanoseconds: UInt64 = 0

  init() {}

  public init(after: Timestamp, before: Timestamp, bootNanoseconds: UInt64) {
    self.after = after
    self.before = before
    self.bootNanoseconds = bootNanoseconds
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("after", &after)
    try walker.public("before", &before)
    try walker.public("boot_ns", &bootNanoseconds)
  }
}

/// The journal can be written again.
public struct StorageResumed: BlankPayload {
  public static let type = EventType("storage.resumed")
  public static let about = "Writing is possible again after the disk was full or failed."

  public var cause = ""
  /// When writing became impossible.
  public var since = Timestamp(microseconds: 0)
  /// The requests refused in between.
  public var refused: UInt64 = 0

  init() {}

  public init(cause: String, since: Timestamp, refused: UInt64) {
    self.cause = cause
    self.since = since
    self.refused = refused
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("cause", &cause)
    try walker.public("since", &since)
    try walker.public("refused", &refused)
  }
}
