import Events
import Platform

/// A user as State knows them.
public struct User: Hashable, Sendable {
  public let id: UserID
  public let domain: DomainID
  /// The keyring slot of the user's key.
  public let key: Slot
  /// The keyring slot of the SCRAM verifier.
  public internal(set) var verifier: Slot
  /// The keyring slot of the CRAM-MD5 context, where there is one.
  public internal(set) var cram: Slot?
  public let isAdministrator: Bool
  /// Deleted: signs in no more, receives nothing; the mailboxes are being emptied.
  public internal(set) var isDeleted: Bool
  public let created: Timestamp
  /// The event that added them.
  public let position: Position
  /// Nil once it is erased.
  public internal(set) var localPart: LocalPart?
  /// Empty where there is none.
  public internal(set) var displayName: String
}

/// Row of `user`, key: user id (16).
/// domain 16, key 8, verifier 8, cram 8 (0: none), position 8, created 8, flags 1 (1 administrator,
/// 2 deleted), local part 2 + n, display name 2 + n.
extension User {
  var row: [UInt8] {
    var row = RowWriter(capacity: 96)
    row.id(domain.rawValue)
    row.uint64(key.rawValue)
    row.uint64(verifier.rawValue)
    row.uint64(cram?.rawValue ?? 0)
    row.uint64(position.rawValue)
    row.time(created)
    row.uint8((isAdministrator ? 1 : 0) | (isDeleted ? 2 : 0))
    row.short(localPart?.bytes ?? [])
    row.short(displayName.utf8)
    return row.bytes
  }

  /// The domain alone, without reading the rest of the row.
  static func domain(in row: RawSpan) throws -> DomainID {
    var cursor = RowCursor()
    return DomainID(rawValue: try cursor.id(row))
  }

  /// Whether the row is of a deleted user, without reading the rest of it.
  static func isDeleted(in row: RawSpan) throws -> Bool {
    var cursor = RowCursor(at: 56)
    return try cursor.uint8(row) & 2 != 0
  }

  init(_ id: UserID, _ row: RawSpan) throws {
    var cursor = RowCursor()
    self.id = id
    domain = DomainID(rawValue: try cursor.id(row))
    key = Slot(try cursor.uint64(row))
    verifier = Slot(try cursor.uint64(row))
    let cram = try cursor.uint64(row)
    self.cram = cram == 0 ? nil : Slot(cram)
    position = Position(try cursor.uint64(row))
    created = try cursor.time(row)
    let flags = try cursor.uint8(row)
    isAdministrator = flags & 1 != 0
    isDeleted = flags & 2 != 0
    let localPart = try cursor.short(row)
    self.localPart = localPart.isEmpty ? nil : LocalPart(canonical: localPart)
    displayName = try cursor.shortText(row)
  }
}

/// What a user's mailboxes hold together.
public struct UserUse: Hashable, Sendable {
  /// Octets of all messages in all mailboxes; a copy counts again.
  public internal(set) var bytes: UInt64 = 0
  public internal(set) var messages: UInt64 = 0
  public internal(set) var mailboxes: UInt32 = 0
  /// The greatest UIDVALIDITY given to a mailbox of the user.
  var uidValidity: UInt32 = 0
  /// The percentage of the mailbox size that was told last: 0, 80, 90 or 100.
  var toldPercent: UInt8 = 0

  init() {}
}

/// Row of `user_use`, key: user id (16). bytes 8, messages 8, mailboxes 4, UIDVALIDITY 4,
/// told 1.
extension UserUse {
  var row: [UInt8] {
    var row = RowWriter(capacity: 25)
    row.uint64(bytes)
    row.uint64(messages)
    row.uint32(mailboxes)
    row.uint32(uidValidity)
    row.uint8(toldPercent)
    return row.bytes
  }

  init(_ row: RawSpan) throws {
    var cursor = RowCursor()
    bytes = try cursor.uint64(row)
    messages = try cursor.uint64(row)
    mailboxes = try cursor.uint32(row)
    uidValidity = try cursor.uint32(row)
    toldPercent = try cursor.uint8(row)
  }
}
