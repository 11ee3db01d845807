/// A mailbox exists.
public struct MailboxCreated: BlankPayload {
  public static let type = EventType("mailbox.created")
  public static let about = "A mailbox was created."

  /// The special use such as `\Sent`, or empty. RFC 6154 §2
  public var use = ""
  public var user = UserID.zero
  public var mailbox = MailboxID.zero
  /// RFC 3501 §2.3.1.1
  public var uidValidity: UInt32 = 0
  /// The full path in UTF-8, its levels separated by `/`.
  public var name: Personal<String> = .absent

  init() {}

  public init(use: String, user: UserID, mailbox: MailboxID, uidValidity: UInt32, name: String?) {
    self.use = use
    self.user = user
    self.mailbox = mailbox
    self.uidValidity = uidValidity
    self.name = Personal(name)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("use", &use)
    try walker.public("user", &user)
    try walker.public("mailbox", &mailbox)
    try walker.public("uid_validity", &uidValidity)
    try walker.personal("name", &name)
  }
}

/// A mailbox with its messages was deleted.
public struct MailboxDeleted: BlankPayload {
  public static let type = EventType("mailbox.deleted")
  public static let about = "A mailbox was deleted with the messages in it."

  public var user = UserID.zero
  public var mailbox = MailboxID.zero

  init() {}

  public init(user: UserID, mailbox: MailboxID) {
    self.user = user
    self.mailbox = mailbox
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("user", &user)
    try walker.public("mailbox", &mailbox)
  }
}

/// A mailbox has another name.
public struct MailboxRenamed: BlankPayload {
  public static let type = EventType("mailbox.renamed")
  public static let about =
    "A mailbox has another name; those below it follow in events of their own."

  public var user = UserID.zero
  public var mailbox = MailboxID.zero
  public var name: Personal<String> = .absent

  init() {}

  public init(user: UserID, mailbox: MailboxID, name: String?) {
    self.user = user
    self.mailbox = mailbox
    self.name = Personal(name)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("user", &user)
    try walker.public("mailbox", &mailbox)
    try walker.personal("name", &name)
  }
}

/// A name, whether or not there is such a mailbox, was put on a list or taken off it.
public struct MailboxSubscribed: BlankPayload {
  public static let type = EventType("mailbox.subscribed")
  public static let about = "A user subscribed to a mailbox name, or ended that."

  public var user = UserID.zero
  public var isSubscribed = false
  public var name: Personal<String> = .absent

  init() {}

  public init(user: UserID, isSubscribed: Bool, name: String?) {
    self.user = user
    self.isSubscribed = isSubscribed
    self.name = Personal(name)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("user", &user)
    try walker.public("subscribed", &isSubscribed)
    try walker.personal("name", &name)
  }
}

/// A keyword came up in a mailbox; later events name it by its number.
public struct MailboxKeywordAdded: BlankPayload {
  public static let type = EventType("mailbox.keyword_added")
  public static let about =
    "A keyword was first used in a mailbox and has a number there from now on."

  /// The owner of the mailbox.
  public var user = UserID.zero
  public var keyword = Keyword.zero
  public var mailbox = MailboxID.zero
  public var name: Personal<String> = .absent

  init() {}

  public init(user: UserID, keyword: Keyword, mailbox: MailboxID, name: String?) {
    self.user = user
    self.keyword = keyword
    self.mailbox = mailbox
    self.name = Personal(name)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("user", &user)
    try walker.public("keyword", &keyword)
    try walker.public("mailbox", &mailbox)
    try walker.personal("name", &name)
  }
}
