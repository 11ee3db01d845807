import Events
import Platform

extension StateView {
  /// The mailbox with that id, also where it is deleted and being emptied.
  public func mailbox(_ id: MailboxID) throws -> Mailbox? {
    if case .batch(let batch) = source { return try batch.mailbox(id) }
    return try withRow(.mailbox, id.rawValue.bytes) { try Mailbox(id, $0) }
  }

  /// The user's mailbox of that name; nil where there is none.
  public func mailbox(named name: MailboxName, of user: UserID) throws -> Mailbox? {
    let id = try withRow(.mailboxName, MailboxKey.name(user, name)) { row in
      var cursor = RowCursor()
      return MailboxID(rawValue: try cursor.id(row))
    }
    return try id.flatMap { try mailbox($0) }
  }

  /// The user's mailboxes, in the order of their names' octets.
  public func mailboxes(of user: UserID) throws -> [Mailbox] {
    var ids: [MailboxID] = []
    try scan(.mailboxName, prefix: user.rawValue.bytes) { _, row in
      var cursor = RowCursor()
      ids.append(MailboxID(rawValue: try cursor.id(row)))
      return true
    }
    return try ids.compactMap { try mailbox($0) }
  }

  /// The user's mailboxes below `name`, not `name` itself.
  func mailboxes(below name: MailboxName, of user: UserID) throws -> [Mailbox] {
    var ids: [MailboxID] = []
    try scan(.mailboxName, prefix: MailboxKey.name(user, name) + [UInt8(ascii: "/")]) { _, row in
      var cursor = RowCursor()
      ids.append(MailboxID(rawValue: try cursor.id(row)))
      return true
    }
    return try ids.compactMap { try mailbox($0) }
  }

  func isSubscribed(_ name: MailboxName, _ user: UserID) throws -> Bool {
    try contains(.subscription, MailboxKey.name(user, name))
  }

  /// The names the user is subscribed to, whether or not there are such mailboxes. RFC 3501 §6.3.9
  public func subscriptions(of user: UserID) throws -> [MailboxName] {
    var names: [MailboxName] = []
    try scan(.subscription, prefix: user.rawValue.bytes) { key, _ in
      let name = key.copied(16..<key.byteCount)
      names.append(MailboxName(canonical: String(decoding: name, as: UTF8.self)))
      return true
    }
    return names
  }

  /// The keywords of a mailbox by their numbers; an erased one is empty text.
  public func keywords(in mailbox: MailboxID) throws -> [Flag] {
    var keywords: [Flag] = []
    try scan(.keyword, prefix: mailbox.rawValue.bytes) { key, row in
      let number = Int(key.big8(16))
      while keywords.count < number { keywords.append(Flag("")) }
      keywords.append(Flag(String(decoding: row.copied(), as: UTF8.self)))
      return true
    }
    return keywords
  }
}
