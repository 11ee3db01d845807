import Events
import Platform

/// A domain as State knows it.
public struct Domain: Hashable, Sendable {
  public let id: DomainID
  /// Nil once it is erased.
  public internal(set) var name: DomainName?
  /// The keyring slot of the domain's key.
  public let key: Slot
  /// The primary administrator, who reads `postmaster@` and `abuse@`.
  public internal(set) var administrator: UserID?
  /// Deleted: its name is free, its data stays until its retention ends.
  public internal(set) var isDeleted: Bool
  public let created: Timestamp
  /// The event that created it.
  public let position: Position
}

/// Row of `domain`, key: domain id (16).
/// key slot 8, position 8, created 8, administrator 16 (zero: none), deleted 1, name: rest.
extension Domain {
  var row: [UInt8] {
    var row = RowWriter(capacity: 80)
    row.uint64(key.rawValue)
    row.uint64(position.rawValue)
    row.time(created)
    row.id(administrator?.rawValue ?? .zero)
    row.uint8(isDeleted ? 1 : 0)
    row.raw((name?.text ?? "").utf8)
    return row.bytes
  }

  init(_ id: DomainID, _ row: RawSpan) throws {
    var cursor = RowCursor()
    self.id = id
    key = Slot(try cursor.uint64(row))
    position = Position(try cursor.uint64(row))
    created = try cursor.time(row)
    let administrator = UserID(rawValue: try cursor.id(row))
    self.administrator = administrator == .zero ? nil : administrator
    isDeleted = try cursor.uint8(row) == 1
    let name = String(decoding: try cursor.rest(row), as: UTF8.self)
    self.name = name.isEmpty ? nil : DomainName(canonical: name)
  }
}

/// What a domain uses, and the last number of its feed.
public struct DomainUse: Hashable, Sendable {
  /// Octets of all messages in all mailboxes of the domain; a copy counts again.
  public internal(set) var bytes: UInt64 = 0
  public internal(set) var messages: UInt64 = 0
  public internal(set) var users: UInt32 = 0
  public internal(set) var aliases: UInt32 = 0
  public internal(set) var domainAliases: UInt32 = 0
  var feed: UInt64 = 0
  /// The percentage of its disk space that was told last: 0, 80, 90 or 100.
  var toldPercent: UInt8 = 0

  init() {}
}

/// Row of `domain_use`, key: domain id (16). bytes 8, messages 8, feed 8, users 4, aliases 4, domain
/// aliases 4, told 1.
extension DomainUse {
  var row: [UInt8] {
    var row = RowWriter(capacity: 37)
    row.uint64(bytes)
    row.uint64(messages)
    row.uint64(feed)
    row.uint32(users)
    row.uint32(aliases)
    row.uint32(domainAliases)
    row.uint8(toldPercent)
    return row.bytes
  }

  init(_ row: RawSpan) throws {
    var cursor = RowCursor()
    bytes = try cursor.uint64(row)
    messages = try cursor.uint64(row)
    feed = try cursor.uint64(row)
    users = try cursor.uint32(row)
    aliases = try cursor.uint32(row)
    domainAliases = try cursor.uint32(row)
    toldPercent = try cursor.uint8(row)
  }
}
