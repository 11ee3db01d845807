import Platform

/// Recipients of a message wait in the spool: one entry, known by the position of this event. Sealed
/// under the message's data key.
public struct MessageQueued: BlankPayload {
  public static let type = EventType("message.queued")
  public static let about =
    "Recipients of a message wait for delivery. The event's domain answers for the sending."

  /// When the first attempt is to be made.
  public var due = Timestamp(microseconds: 0)
  /// The BODY parameter, such as `8BITMIME`. RFC 6152 §3
  public var body = ""
  /// What the message is, such as `standard`, `bounce`.
  public var kind = ""
  /// Octets of the message as it is sent.
  public var size: UInt64 = 0
  /// Who answers for the sending: the sender, or who passes the message on.
  public var user: UserID?
  /// Whether it needs SMTPUTF8. RFC 6531 §3.4
  public var isUTF8 = false
  /// Of the event that accepted the message and wraps its key.
  public var origin = Position.zero
  /// What gave it its priority, such as `standard`, `over_size`.
  public var reason = ""
  public var message = MessageID.zero
  /// 1 to 10, 10 first.
  public var priority: UInt64 = 0
  /// How many are in this entry; they are numbered from 0.
  public var recipientCount: UInt64 = 0
  /// What the sender asked of delivery reports.
  public var dsn: Personal<DeliveryNotice> = .absent
  /// The reverse path without brackets that the message goes out with; empty for reports.
  public var sender: Personal<[UInt8]> = .absent
  public var recipients: Personal<[Recipient]> = .absent

  init() {}

  public init(
    due: Timestamp, body: String, kind: String, size: UInt64, user: UserID?, isUTF8: Bool,
    origin: Position, reason: String, message: MessageID, priority: UInt64,
    recipientCount: UInt64, dsn: DeliveryNotice?, sender: [UInt8]?,
    recipients: [Recipient]?
  ) {
    self.due = due
    self.body = body
    self.kind = kind
    self.size = size
    self.user = user
    self.isUTF8 = isUTF8
    self.origin = origin
    self.reason = reason
    self.message = message
    self.priority = priority
    self.recipientCount = recipientCount
    self.dsn = Personal(dsn)
    self.sender = Personal(sender)
    self.recipients = Personal(recipients)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("due", &due)
    try walker.public("body", &body)
    try walker.public("kind", &kind)
    try walker.public("size", &size)
    try walker.public("user", &user)
    try walker.public("utf8", &isUTF8)
    try walker.public("origin", &origin)
    try walker.public("reason", &reason)
    try walker.public("message", &message)
    try walker.public("priority", &priority)
    try walker.public("recipients", &recipientCount)
    try walker.personal("dsn", &dsn)
    try walker.personal("sender", &sender)
    try walker.personal("recipients", &recipients)
  }
}

/// What people did to spool entries.
public struct SpoolChanged: BlankPayload {
  public static let type = EventType("spool.changed")
  public static let about = "Somebody changed what happens to entries of the spool."

  /// `force`, `reset`, `hold`, `release`, `delete`, `restore`, `confirm` or `prioritise`.
  public var action = ""
  public var entries: [Position] = []
  /// The new priority, of `prioritise`.
  public var priority: UInt64?

  init() {}

  public init(action: String, entries: [Position], priority: UInt64? = nil) {
    self.action = action
    self.entries = entries
    self.priority = priority
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("action", &action)
    try walker.public("entries", &entries)
    try walker.public("priority", &priority)
  }
}
