import Platform

/// A message was accepted. Sealed, as all of the message's events, under its own data key.
public struct MessageAccepted: BlankPayload {
  public static let type = EventType("message.accepted")
  public static let about =
    "Responsibility for a message was taken; its data key is wrapped for its holders."

  /// The TLS version and cipher.
  public var tls: String?
  /// The BODY parameter, such as `8BITMIME`. RFC 6152 §3
  public var body = ""
  /// Octets of the body before sealing.
  public var size: UInt64 = 0
  /// Whether SMTPUTF8 was asked for. RFC 6531 §3.4
  public var isUTF8 = false
  /// Of the sealed body as stored.
  public var sha256 = Digest.zero
  public var message = MessageID.zero
  /// Such as `submission`.
  public var service = ""
  /// Such as `ESMTPSA`. RFC 3848 §2
  public var transport = ""
  /// How many the message has, with those of `message.addressed`.
  public var recipientCount: UInt64 = 0
  /// Who sent it, where they signed in.
  public var authenticated: UserID?
  /// What the sender asked of delivery reports.
  public var dsn: Personal<DeliveryNotice> = .absent
  public var helo: Personal<[UInt8]> = .absent
  /// The IP address.
  public var client: Personal<String> = .absent
  /// The reverse path without brackets; empty for reports.
  public var sender: Personal<[UInt8]> = .absent
  /// Absent where too large.
  public var envelope: Personal<EncodedEnvelope> = .absent
  /// Absent where too large.
  public var structure: Personal<EncodedStructure> = .absent
  public var recipients: Personal<[Recipient]> = .absent

  init() {}

  public init(
    tls: String? = nil, body: String, size: UInt64, isUTF8: Bool, sha256: Digest,
    message: MessageID, service: String, transport: String, recipientCount: UInt64,
    authenticated: UserID? = nil, dsn: DeliveryNotice?, helo: [UInt8]?, client: String?,
    sender: [UInt8]?, envelope: EncodedEnvelope?, structure: EncodedStructure?,
    recipients: [Recipient]?
  ) {
    self.tls = tls
    self.body = body
    self.size = size
    self.isUTF8 = isUTF8
    self.sha256 = sha256
    self.message = message
    self.service = service
    self.transport = transport
    self.recipientCount = recipientCount
    self.authenticated = authenticated
    self.dsn = Personal(dsn)
    self.helo = Personal(helo)
    self.client = Personal(client)
    self.sender = Personal(sender)
    self.envelope = Personal(envelope)
    self.structure = Personal(structure)
    self.recipients = Personal(recipients)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("tls", &tls)
    try walker.public("body", &body)
    try walker.public("size", &size)
    try walker.public("utf8", &isUTF8)
    try walker.public("sha256", &sha256)
    try walker.public("message", &message)
    try walker.public("service", &service)
    try walker.public("protocol", &transport)
    try walker.public("recipients", &recipientCount)
    try walker.public("authenticated", &authenticated)
    try walker.personal("dsn", &dsn)
    try walker.personal("helo", &helo)
    try walker.personal("client", &client)
    try walker.personal("sender", &sender)
    try walker.personal("envelope", &envelope)
    try walker.personal("structure", &structure)
    try walker.personal("recipients", &recipients)
  }
}

/// Recipients that had no room in the event that accepted the message.
public struct MessageAddressed: BlankPayload {
  public static let type = EventType("message.addressed")
  public static let about =
    "Further recipients of a message whose `message.accepted` could not hold them all."

  /// Of the accepting event.
  public var origin = Position.zero
  public var message = MessageID.zero
  /// How many are in this event.
  public var recipientCount: UInt64 = 0
  public var recipients: Personal<[Recipient]> = .absent

  init() {}

  public init(
    origin: Position, message: MessageID, recipientCount: UInt64, recipients: [Recipient]?
  ) {
    self.origin = origin
    self.message = message
    self.recipientCount = recipientCount
    self.recipients = Personal(recipients)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("origin", &origin)
    try walker.public("message", &message)
    try walker.public("recipients", &recipientCount)
    try walker.personal("recipients", &recipients)
  }
}

/// A client stored a message of its own. Sealed under its data key.
public struct MessageAppended: BlankPayload {
  public static let type = EventType("message.appended")
  public static let about = "A client stored a message of its own."

  /// Octets of the body before sealing.
  public var size: UInt64 = 0
  /// Of the sealed body as stored.
  public var sha256 = Digest.zero
  public var mailbox: MailboxID?
  public var message = MessageID.zero
  /// Absent where too large.
  public var envelope: Personal<EncodedEnvelope> = .absent
  /// Absent where too large.
  public var structure: Personal<EncodedStructure> = .absent

  init() {}

  public init(
    size: UInt64, sha256: Digest, mailbox: MailboxID? = nil, message: MessageID,
    envelope: EncodedEnvelope?, structure: EncodedStructure?
  ) {
    self.size = size
    self.sha256 = sha256
    self.mailbox = mailbox
    self.message = message
    self.envelope = Personal(envelope)
    self.structure = Personal(structure)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("size", &size)
    try walker.public("sha256", &sha256)
    try walker.public("mailbox", &mailbox)
    try walker.public("message", &message)
    try walker.personal("envelope", &envelope)
    try walker.personal("structure", &structure)
  }
}

/// A message is in a mailbox.
public struct MessageFiled: BlankPayload {
  public static let type = EventType("message.filed", isPublished: true)
  public static let about = "A message was put into a mailbox."

  public var uid = UID.zero
  /// Octets of prefix and body together.
  public var size: UInt64 = 0
  public var flags = SystemFlags()
  /// Of the event that accepted or appended the message and wraps its key.
  public var origin = Position.zero
  public var mailbox = MailboxID.zero
  public var message = MessageID.zero
  /// Ascending.
  public var keywords: [Keyword] = []
  public var internalDate = Timestamp(microseconds: 0)
  /// Header lines that stand before the body for this mailbox alone.
  public var prefix: Personal<[UInt8]> = .absent
  /// The recipient the message is here for.
  public var address: Personal<[UInt8]> = .absent

  init() {}

  public init(
    uid: UID, size: UInt64, flags: SystemFlags, origin: Position, mailbox: MailboxID,
    message: MessageID, keywords: [Keyword], internalDate: Timestamp, prefix: [UInt8]?,
    address: [UInt8]?
  ) {
    self.uid = uid
    self.size = size
    self.flags = flags
    self.origin = origin
    self.mailbox = mailbox
    self.message = message
    self.keywords = keywords
    self.internalDate = internalDate
    self.prefix = Personal(prefix)
    self.address = Personal(address)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("uid", &uid)
    try walker.public("size", &size)
    try walker.public("flags", &flags)
    try walker.public("origin", &origin)
    try walker.public("mailbox", &mailbox)
    try walker.public("message", &message)
    try walker.public("keywords", &keywords)
    try walker.public("internal_date", &internalDate)
    try walker.personal("prefix", &prefix)
    try walker.personal("address", &address)
  }
}
