import Events
import Platform

/// A mailbox with its counters, as State knows it.
public struct Mailbox: Hashable, Sendable {
  public let id: MailboxID
  public let user: UserID
  public let domain: DomainID
  /// The slot of the owner's key, for events about the mailbox.
  public let key: Slot
  /// Nil once it is erased; the mailbox is then found by nobody.
  public internal(set) var name: MailboxName?
  /// Empty, or `\Sent` and its like. RFC 6154 §2
  public let use: String
  /// The event that created it.
  public let position: Position
  public let uidValidity: UInt32
  /// The UID that the next message gets.
  public internal(set) var uidNext: UID
  public internal(set) var messages: UInt32
  /// Messages without `\Seen`.
  public internal(set) var unseen: UInt32
  /// Messages with `\Deleted`.
  public internal(set) var deleted: UInt32
  /// Octets of all messages.
  public internal(set) var size: UInt64
  /// The position of the last change; 0 has been reached by no mailbox. RFC 7162 §3.1.2.1
  public internal(set) var highestModseq: Position
  /// The position of the last change that was not a new message: flags, or a removal. A session
  /// that has seen it needs to look at new messages only.
  public internal(set) var changed: Position
  /// How many keywords have a number here.
  public internal(set) var keywords: UInt8
  /// Deleted; its messages are being removed.
  public internal(set) var isDeleted: Bool
}

/// Row of `mailbox`, key: mailbox id (16).
/// user 16, domain 16, key 8, position 8, UIDVALIDITY 4, UIDNEXT 4, messages 4, unseen 4, deleted 4,
/// size 8, highest modseq 8, changed 8, keywords 1, flags 1 (1 deleted), use 2 + n, name 2 + n.
extension Mailbox {
  var row: [UInt8] {
    var row = RowWriter(capacity: 128)
    row.id(user.rawValue)
    row.id(domain.rawValue)
    row.uint64(key.rawValue)
    row.uint64(position.rawValue)
    row.uint32(uidValidity)
    row.uint32(uidNext.rawValue)
    row.uint32(messages)
    row.uint32(unseen)
    row.uint32(deleted)
    row.uint64(size)
    row.uint64(highestModseq.rawValue)
    row.uint64(changed.rawValue)
    row.uint8(keywords)
    row.uint8(isDeleted ? 1 : 0)
    row.short(use.utf8)
    row.short((name?.text ?? "").utf8)
    return row.bytes
  }

  /// A mailbox that is just being created, without messages.
  init(
    _ id: MailboxID, of user: User, at position: Position, _ uidValidity: UInt32, use: String = "",
    name: MailboxName? = nil
  ) {
    self.id = id
    self.user = user.id
    domain = user.domain
    key = user.key
    self.name = name
    self.use = use
    self.position = position
    self.uidValidity = uidValidity
    uidNext = .first
    (messages, unseen, deleted, size) = (0, 0, 0, 0)
    highestModseq = position
    changed = position
    keywords = 0
    isDeleted = false
  }

  init(_ id: MailboxID, _ row: RawSpan) throws {
    var cursor = RowCursor()
    self.id = id
    user = UserID(rawValue: try cursor.id(row))
    domain = DomainID(rawValue: try cursor.id(row))
    key = Slot(try cursor.uint64(row))
    position = Position(try cursor.uint64(row))
    uidValidity = try cursor.uint32(row)
    uidNext = UID(try cursor.uint32(row))
    messages = try cursor.uint32(row)
    unseen = try cursor.uint32(row)
    deleted = try cursor.uint32(row)
    size = try cursor.uint64(row)
    highestModseq = Position(try cursor.uint64(row))
    changed = Position(try cursor.uint64(row))
    keywords = try cursor.uint8(row)
    isDeleted = try cursor.uint8(row) & 1 != 0
    use = try cursor.shortText(row)
    let name = try cursor.shortText(row)
    self.name = name.isEmpty ? nil : MailboxName(canonical: name)
  }
}
