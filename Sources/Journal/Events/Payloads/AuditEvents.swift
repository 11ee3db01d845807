import Platform

/// Somebody, the actor of the event, read the journal.
public struct AuditRead: BlankPayload {
  public static let type = EventType("audit.read")
  public static let about =
    "The journal was read for an audit; readings of one minute are one event."

  public var last = Position.zero
  /// What was read, such as `replay`.
  public var what = ""
  public var first = Position.zero
  public var reads: UInt64 = 0
  /// The begin of the minute.
  public var window = Timestamp(microseconds: 0)

  init() {}

  public init(last: Position, what: String, first: Position, reads: UInt64, window: Timestamp) {
    self.last = last
    self.what = what
    self.first = first
    self.reads = reads
    self.window = window
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("last", &last)
    try walker.public("what", &what)
    try walker.public("first", &first)
    try walker.public("reads", &reads)
    try walker.public("window", &window)
  }
}
