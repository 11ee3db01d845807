import Events
import Platform

// Folds of mailboxes. `mailbox` id -> row; `mailbox_name` user id, name -> id, of mailboxes that are
// not deleted; `keyword` mailbox id, number (1) -> name; `subscription` user id, name -> nothing.
extension StateBatch {
  func fold(_ event: MailboxCreated, _ header: EventHeader) throws {
    guard let user = try user(event.user), try mailbox(event.mailbox) == nil else { return }
    let name = event.name.value.map(MailboxName.init(canonical:))
    mailboxes[event.mailbox] = Mailbox(
      event.mailbox, of: user, at: header.position, event.uidValidity, use: event.use, name: name)
    touched[event.mailbox] = header.position
    if let name {
      try put(.mailboxName, MailboxKey.name(user.id, name), event.mailbox.rawValue.bytes)
    }
    try changeUse(of: user.id) {
      $0.mailboxes += 1
      $0.uidValidity = max($0.uidValidity, event.uidValidity)
    }
  }

  func fold(_ event: MailboxDeleted, _ header: EventHeader) throws {
    guard let mailbox = try mailbox(event.mailbox), !mailbox.isDeleted else { return }
    if let name = mailbox.name { try delete(.mailboxName, MailboxKey.name(mailbox.user, name)) }
    try changeMailbox(mailbox.id, at: header.position) {
      $0.isDeleted = true
      $0.name = nil
    }
    if mailbox.messages > DecisionLimits.expunges {
      try put(.purge, PurgeSubject.mailbox(mailbox.id).key, [])
    } else {
      try expunge(UIDSet(.first ... .last), from: mailbox.id, at: header.position)
      try forgetMailboxIfEmpty(mailbox.id)
    }
  }

  /// Removes the last rows of a deleted mailbox once no message is left.
  func forgetMailboxIfEmpty(_ id: MailboxID) throws {
    guard let mailbox = try mailbox(id), mailbox.isDeleted, mailbox.messages == 0 else { return }
    try deleteAll(.keyword, prefix: id.rawValue.bytes)
    try delete(.mailbox, id.rawValue.bytes)
    try delete(.purge, PurgeSubject.mailbox(id).key)
    mailboxes[id] = nil
    try changeUse(of: mailbox.user) { $0.mailboxes.subtract(1) }
    try forgetUserIfEmpty(mailbox.user)
  }

  func fold(_ event: MailboxRenamed, _ header: EventHeader) throws {
    guard let mailbox = try mailbox(event.mailbox), !mailbox.isDeleted else { return }
    let name = event.name.value.map(MailboxName.init(canonical:))
    if let old = mailbox.name { try delete(.mailboxName, MailboxKey.name(mailbox.user, old)) }
    try changeMailbox(mailbox.id, at: header.position) { $0.name = name }
    if let name {
      try put(.mailboxName, MailboxKey.name(mailbox.user, name), mailbox.id.rawValue.bytes)
    }
  }

  func fold(_ event: MailboxSubscribed, _ header: EventHeader) throws {
    guard let name = event.name.value, try user(event.user)?.isDeleted == false else { return }
    let key = MailboxKey.name(event.user, MailboxName(canonical: name))
    if event.isSubscribed {
      try put(.subscription, key, [])
    } else {
      try delete(.subscription, key)
    }
  }

  func fold(_ event: MailboxKeywordAdded, _ header: EventHeader) throws {
    guard event.keyword.rawValue < 64 else { return }
    let number = UInt8(event.keyword.rawValue)
    try put(
      .keyword, MailboxKey.keyword(event.mailbox, number), Array((event.name.value ?? "").utf8))
    try changeMailbox(event.mailbox, at: header.position) {
      $0.keywords = max($0.keywords, number + 1)
    }
  }
}

/// Keys of the mailboxes' tables.
enum MailboxKey {
  static func name(_ user: UserID, _ name: MailboxName) -> [UInt8] {
    user.rawValue.bytes + Array(name.text.utf8)
  }

  static func keyword(_ mailbox: MailboxID, _ number: UInt8) -> [UInt8] {
    mailbox.rawValue.bytes + [number]
  }

  static func prefix(_ origin: Position, _ filed: Position) -> [UInt8] {
    var key = RowWriter(capacity: 16)
    key.uint64(origin.rawValue)
    key.uint64(filed.rawValue)
    return key.bytes
  }
}
