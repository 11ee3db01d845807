import Platform

/// First attempts that the limits of an hour let through.
public struct DeliveryAdmitted: BlankPayload {
  public static let type = EventType("delivery.admitted")
  public static let about =
    "Recipients of a domain got their first attempt within the limits of an hour."

  /// Who answers for the sending, beside the event's domain.
  public var user: UserID?
  /// The start of the hour they count in.
  public var window = Timestamp(microseconds: 0)
  public var entries: [AdmittedEntry] = []
  /// Octets that go out: each entry's size for each of its recipients.
  public var octets: UInt64 = 0
  /// How many they are, in all entries.
  public var recipientCount: UInt64 = 0

  init() {}

  public init(
    user: UserID?, window: Timestamp, entries: [AdmittedEntry], octets: UInt64,
    recipientCount: UInt64
  ) {
    self.user = user
    self.window = window
    self.entries = entries
    self.octets = octets
    self.recipientCount = recipientCount
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("user", &user)
    try walker.public("octets", &octets)
    try walker.public("window", &window)
    try walker.public("entries", &entries)
    try walker.public("recipients", &recipientCount)
  }
}

/// A message is about to be handed over: from here until its outcome nobody knows whether the
/// recipients have it. RFC 1047
public struct DeliveryBegun: BlankPayload {
  public static let type = EventType("delivery.begun")
  public static let about =
    "The end of a message is about to be sent; until its outcome it is in doubt."

  /// Of `message.queued`.
  public var entry = Position.zero
  /// Of the event that wraps the message's key.
  public var origin = Position.zero
  /// Which attempt of the entry's recipients this is, from 1.
  public var attempt: UInt64 = 0
  /// Their numbers in the entry.
  public var recipients: [UInt64] = []
  /// The name and address of the host.
  public var host: Personal<String> = .absent

  init() {}

  public init(
    entry: Position, origin: Position, attempt: UInt64, recipients: [UInt64], host: String?
  ) {
    self.entry = entry
    self.origin = origin
    self.attempt = attempt
    self.recipients = recipients
    self.host = Personal(host)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("entry", &entry)
    try walker.public("origin", &origin)
    try walker.public("attempt", &attempt)
    try walker.public("recipients", &recipients)
    try walker.personal("host", &host)
  }
}

/// A recipient has the message.
public struct MessageSent: BlankPayload {
  public static let type = EventType("message.sent", isPublished: true)
  public static let about =
    "The next host took responsibility for a recipient, or it was filed here."

  /// The TLS version and cipher.
  public var tls: String?
  /// The reply code; 0 where it was filed here.
  public var code: UInt64 = 0
  /// Of `message.queued`; 0 where it never waited.
  public var entry = Position.zero
  public var origin = Position.zero
  /// The enhanced status code, such as `2.0.0`. RFC 3463
  public var status = ""
  public var attempt: UInt64 = 0
  public var message = MessageID.zero
  /// Its number in the entry.
  public var recipient: UInt64 = 0
  /// `smtp`, `lmtp` or `local`.
  public var transport = ""
  public var host: Personal<String> = .absent
  public var reply: Personal<[UInt8]> = .absent
  public var address: Personal<[UInt8]> = .absent

  init() {}

  public init(
    tls: String?, code: UInt64, entry: Position, origin: Position, status: String,
    attempt: UInt64, message: MessageID, recipient: UInt64, transport: String, host: String?,
    reply: [UInt8]?, address: [UInt8]?
  ) {
    self.tls = tls
    self.code = code
    self.entry = entry
    self.origin = origin
    self.status = status
    self.attempt = attempt
    self.message = message
    self.recipient = recipient
    self.transport = transport
    self.host = Personal(host)
    self.reply = Personal(reply)
    self.address = Personal(address)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("tls", &tls)
    try walker.public("code", &code)
    try walker.public("entry", &entry)
    try walker.public("origin", &origin)
    try walker.public("status", &status)
    try walker.public("attempt", &attempt)
    try walker.public("message", &message)
    try walker.public("protocol", &transport)
    try walker.public("recipient", &recipient)
    try walker.personal("host", &host)
    try walker.personal("reply", &reply)
    try walker.personal("address", &address)
  }
}

/// Recipients wait for another attempt.
public struct DeliveryDeferred: BlankPayload {
  public static let type = EventType("delivery.deferred")
  public static let about = "An attempt ended without a verdict; another follows."

  /// The reply code; 0 where there was no reply.
  public var code: UInt64 = 0
  /// When the next attempt is to be made.
  public var next = Timestamp(microseconds: 0)
  /// Whether the message may have arrived: the end was sent, and no answer came. RFC 1047
  public var isInDoubt = false
  public var entry = Position.zero
  public var origin = Position.zero
  /// The enhanced status code, such as `4.4.1`. RFC 3463
  public var status = ""
  public var attempt: UInt64 = 0
  /// The priority from now on, where it changes, and what gives it.
  public var priority: UInt64?
  public var recipients: [UInt64] = []
  public var priorityReason: String?
  public var host: Personal<String> = .absent
  public var reply: Personal<[UInt8]> = .absent

  init() {}

  public init(
    code: UInt64, next: Timestamp, isInDoubt: Bool, entry: Position, origin: Position,
    status: String,
    attempt: UInt64, priority: UInt64?, priorityReason: String?, recipients: [UInt64],
    host: String?, reply: [UInt8]?
  ) {
    self.code = code
    self.next = next
    self.isInDoubt = isInDoubt
    self.entry = entry
    self.origin = origin
    self.status = status
    self.attempt = attempt
    self.priority = priority
    self.priorityReason = priorityReason
    self.recipients = recipients
    self.host = Personal(host)
    self.reply = Personal(reply)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("code", &code)
    try walker.public("next", &next)
    try walker.public("doubt", &isInDoubt)
    try walker.public("entry", &entry)
    try walker.public("origin", &origin)
    try walker.public("status", &status)
    try walker.public("attempt", &attempt)
    try walker.public("priority", &priority)
    try walker.public("recipients", &recipients)
    try walker.public("priority_reason", &priorityReason)
    try walker.personal("host", &host)
    try walker.personal("reply", &reply)
  }
}

/// Recipients will not get the message.
public struct DeliveryFailed: BlankPayload {
  public static let type = EventType("delivery.failed")
  public static let about = "Recipients were given up: refused, expired, or not to be reached."

  public var code: UInt64 = 0
  public var entry = Position.zero
  public var origin = Position.zero
  /// `refused`, `expired`, `loop`, `unroutable`.
  public var reason = ""
  /// Of the event that accepted the report to the sender; absent where none is due.
  public var report: Position?
  /// The enhanced status code, such as `5.1.1`. RFC 3463
  public var status = ""
  public var attempt: UInt64 = 0
  public var recipients: [UInt64] = []
  public var host: Personal<String> = .absent
  public var reply: Personal<[UInt8]> = .absent

  init() {}

  public init(
    code: UInt64, entry: Position, origin: Position, reason: String, report: Position?,
    status: String, attempt: UInt64, recipients: [UInt64], host: String?, reply: [UInt8]?
  ) {
    self.code = code
    self.entry = entry
    self.origin = origin
    self.reason = reason
    self.report = report
    self.status = status
    self.attempt = attempt
    self.recipients = recipients
    self.host = Personal(host)
    self.reply = Personal(reply)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("code", &code)
    try walker.public("entry", &entry)
    try walker.public("origin", &origin)
    try walker.public("reason", &reason)
    try walker.public("report", &report)
    try walker.public("status", &status)
    try walker.public("attempt", &attempt)
    try walker.public("recipients", &recipients)
    try walker.personal("host", &host)
    try walker.personal("reply", &reply)
  }
}

/// The sender was told that recipients have to wait. RFC 3464 §2.3.3
public struct DeliveryDelayed: BlankPayload {
  public static let type = EventType("delivery.delayed")
  public static let about = "The sender was told, once, that recipients have to wait."

  public var entry = Position.zero
  public var origin = Position.zero
  /// Of the event that accepted the report.
  public var report = Position.zero
  public var recipients: [UInt64] = []

  init() {}

  public init(entry: Position, origin: Position, report: Position, recipients: [UInt64]) {
    self.entry = entry
    self.origin = origin
    self.report = report
    self.recipients = recipients
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("entry", &entry)
    try walker.public("origin", &origin)
    try walker.public("report", &report)
    try walker.public("recipients", &recipients)
  }
}
