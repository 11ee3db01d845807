import Events
import Platform

/// Where the bytes of a message are: prefix, then body.
public struct StoredMessage: Hashable, Sendable {
  /// The lines that stand before the body in this mailbox.
  public let prefix: [UInt8]
  public let content: Content
}

extension StateView {
  /// Gives `body` the messages with UIDs of `uids` in ascending order, until it says no: one scan.
  public func messages(
    in mailbox: MailboxID, uids: ClosedRange<UID> = .first ... .last,
    _ body: (UID, MessageRow) throws -> Bool
  ) throws {
    try scan(
      .message, from: MessageRow.key(mailbox, uids.lowerBound),
      through: MessageRow.key(mailbox, uids.upperBound)
    ) { key, row in
      try body(MessageRow.uid(key), try MessageRow(row))
    }
  }

  /// Gives `body` the messages with these UIDs that are there, in ascending order, until it says no.
  public func messages(
    in mailbox: MailboxID, uids: UIDSet, _ body: (UID, MessageRow) throws -> Bool
  ) throws {
    var goesOn = true
    for range in uids.ranges where goesOn {
      try messages(in: mailbox, uids: range) { uid, row in
        goesOn = try body(uid, row)
        return goesOn
      }
    }
  }

  /// One message; nil where it is gone.
  public func message(_ uid: UID, in mailbox: MailboxID) throws -> MessageRow? {
    try withRow(.message, MessageRow.key(mailbox, uid)) { try MessageRow($0) }
  }

  /// Gives `body` the UIDs of all messages, ascending: what a session's view begins with.
  public func eachUID(in mailbox: MailboxID, _ body: (UID) -> Void) throws {
    try scan(.message, prefix: mailbox.rawValue.bytes) { key, _ in
      body(MessageRow.uid(key))
      return true
    }
  }

  /// The least UID without `\Seen`; nil where all are seen.
  public func firstUnseen(in mailbox: MailboxID) throws -> UID? {
    guard try self.mailbox(mailbox)?.unseen ?? 0 > 0 else { return nil }
    var found: UID?
    try messages(in: mailbox) { uid, row in
      if !row.flags.contains(.seen) { found = uid }
      return found == nil
    }
    return found
  }

  /// Body, keys and parsed facts of the message that this event accepted or appended.
  public func content(_ origin: Position) throws -> Content? {
    if case .batch(let batch) = source { return try batch.content(origin) }
    return try withRow(.content, Content.key(origin)) { try Content(origin, $0) }
  }

  /// Where the bytes of a message are; nil where its content is gone.
  public func stored(_ row: MessageRow) throws -> StoredMessage? {
    guard let content = try content(row.origin) else { return nil }
    return StoredMessage(prefix: try prefix(of: row), content: content)
  }

  /// The lines that stand before the body.
  public func prefix(of row: MessageRow) throws -> [UInt8] {
    guard row.prefixLength > 0 else { return [] }
    return try withRow(.prefix, MailboxKey.prefix(row.origin, row.filed)) { $0.copied() } ?? []
  }
}

extension MessageRow {
  /// The flags as a client sees them, with the mailbox's keywords by number.
  public func flagSet(keywords names: [Flag]) -> FlagSet {
    var flags = FlagSet(self.flags)
    guard keywords != 0 else { return flags }
    for (number, name) in names.enumerated() where number < 64 && keywords & (1 << number) != 0 {
      if !name.text.isEmpty { flags.insert(name) }
    }
    return flags
  }
}
