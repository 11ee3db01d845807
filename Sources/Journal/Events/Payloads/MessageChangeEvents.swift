/// Messages are in another mailbox as well, or instead.
public struct MessageCopied: BlankPayload {
  public static let type = EventType("message.copied")
  public static let about =
    "Messages were copied or moved into another mailbox, in ascending order of their UIDs."

  public var to = MailboxID.zero
  public var from = MailboxID.zero
  /// In the mailbox `to`; as many as `source`, in the same order.
  public var uids = UIDSet()
  /// Whether they are gone from `from`.
  public var isMove = false
  public var source = UIDSet()
  /// What the keywords of `from` are called in `to`.
  public var keywords: [KeywordPair] = []

  init() {}

  public init(
    to: MailboxID, from: MailboxID, uids: UIDSet, isMove: Bool, source: UIDSet,
    keywords: [KeywordPair]
  ) {
    self.to = to
    self.from = from
    self.uids = uids
    self.isMove = isMove
    self.source = source
    self.keywords = keywords
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("to", &to)
    try walker.public("from", &from)
    try walker.public("uids", &uids)
    try walker.public("moved", &isMove)
    try walker.public("source", &source)
    try walker.public("keywords", &keywords)
  }
}

/// Flags of messages were added, removed or replaced.
public struct MessageFlagsChanged: BlankPayload {
  public static let type = EventType("message.flags_changed")
  public static let about = "Flags of messages were changed."

  public var mode = FlagChange.add
  public var uids = UIDSet()
  public var flags = SystemFlags()
  public var mailbox = MailboxID.zero
  /// Ascending.
  public var keywords: [Keyword] = []

  init() {}

  public init(
    mode: FlagChange, uids: UIDSet, flags: SystemFlags, mailbox: MailboxID, keywords: [Keyword]
  ) {
    self.mode = mode
    self.uids = uids
    self.flags = flags
    self.mailbox = mailbox
    self.keywords = keywords
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("mode", &mode)
    try walker.public("uids", &uids)
    try walker.public("flags", &flags)
    try walker.public("mailbox", &mailbox)
    try walker.public("keywords", &keywords)
  }
}

/// Messages are gone from a mailbox.
public struct MessageExpunged: BlankPayload {
  public static let type = EventType("message.expunged")
  public static let about = "Messages were removed from a mailbox for good."

  public var uids = UIDSet()
  public var reason = ""
  public var mailbox = MailboxID.zero

  init() {}

  public init(uids: UIDSet, reason: String, mailbox: MailboxID) {
    self.uids = uids
    self.reason = reason
    self.mailbox = mailbox
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("uids", &uids)
    try walker.public("reason", &reason)
    try walker.public("mailbox", &mailbox)
  }
}
