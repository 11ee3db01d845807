import Events
import Platform

/// Recipients of one message that wait for delivery, for whose sending one domain answers.
public struct SpoolEntry: Hashable, Sendable {
  /// The event that queued it.
  public let id: Position
  /// The event that accepted the message: key of its `Content`.
  public let origin: Position
  public let message: MessageID
  /// Who answers for the sending.
  public let domain: DomainID
  public let user: UserID?
  public let kind: SpoolKind
  /// Octets of the message as it is sent.
  public let size: UInt64
  public let created: Timestamp
  /// The BODY parameter. RFC 6152 §3
  public let body: String
  public let isUTF8: Bool
  public let dsn: DeliveryNotice?
  /// The reverse path without brackets, empty for reports; nil where it is erased.
  public let sender: [UInt8]?
  public let recipientCount: Int
  /// When the schedule of attempts began: `created`, or when somebody began it again.
  public internal(set) var since: Timestamp
  /// 1 to 10, 10 first, and what gave it.
  public internal(set) var priority: Int
  public internal(set) var reason: PriorityReason
  public internal(set) var isHeld = false
  /// When somebody deleted it; it can be brought back for ten minutes.
  public internal(set) var deleted: Timestamp?
  public internal(set) var delivered = 0
  public internal(set) var failed = 0
  /// Of the recipient that was attempted most often.
  public internal(set) var attempts = 0

  /// Whether its recipients are attempted when they are due.
  public var isLive: Bool { !isHeld && deleted == nil }
}

/// Row of `spool`, key: position of the event (8).
/// origin 8, message 16, domain 16, user 16 (zero: none), size 8, created 8, since 8, deleted 8
/// (zero: no), priority 1, flags 1, recipients 4, delivered 4, failed 4, attempts 4, then each 2 + n:
/// kind, reason, body, sender, ret, envid.
extension SpoolEntry {
  private struct Flags: OptionSet {
    let rawValue: UInt8
    static let held = Flags(rawValue: 1)
    static let utf8 = Flags(rawValue: 2)
    static let sender = Flags(rawValue: 4)
    static let dsn = Flags(rawValue: 8)
    static let ret = Flags(rawValue: 16)
    static let identifier = Flags(rawValue: 32)
  }

  static func key(_ id: Position) -> [UInt8] {
    var key = RowWriter(capacity: 8)
    key.uint64(id.rawValue)
    return key.bytes
  }

  var row: [UInt8] {
    var flags: Flags = []
    if isHeld { flags.insert(.held) }
    if isUTF8 { flags.insert(.utf8) }
    if sender != nil { flags.insert(.sender) }
    if dsn != nil { flags.insert(.dsn) }
    if dsn?.ret != nil { flags.insert(.ret) }
    if dsn?.envelopeID != nil { flags.insert(.identifier) }
    var row = RowWriter(capacity: 192)
    row.uint64(origin.rawValue)
    row.id(message.rawValue)
    row.id(domain.rawValue)
    row.id(user?.rawValue ?? .zero)
    row.uint64(size)
    row.time(created)
    row.time(since)
    row.time(deleted ?? .zero)
    row.uint8(UInt8(clamping: priority))
    row.uint8(flags.rawValue)
    row.uint32(UInt32(clamping: recipientCount))
    row.uint32(UInt32(clamping: delivered))
    row.uint32(UInt32(clamping: failed))
    row.uint32(UInt32(clamping: attempts))
    row.short(kind.rawValue.utf8)
    row.short(reason.rawValue.utf8)
    row.short(body.utf8)
    row.short(sender ?? [])
    row.short((dsn?.ret ?? "").utf8)
    row.short(dsn?.envelopeID ?? [])
    return row.bytes
  }

  init(_ id: Position, _ row: RawSpan) throws {
    var cursor = RowCursor()
    self.id = id
    origin = Position(try cursor.uint64(row))
    message = MessageID(rawValue: try cursor.id(row))
    domain = DomainID(rawValue: try cursor.id(row))
    let user = UserID(rawValue: try cursor.id(row))
    self.user = user == .zero ? nil : user
    size = try cursor.uint64(row)
    created = try cursor.time(row)
    since = try cursor.time(row)
    let deleted = try cursor.time(row)
    self.deleted = deleted == .zero ? nil : deleted
    priority = Int(try cursor.uint8(row))
    let flags = Flags(rawValue: try cursor.uint8(row))
    isHeld = flags.contains(.held)
    isUTF8 = flags.contains(.utf8)
    recipientCount = Int(try cursor.uint32(row))
    delivered = Int(try cursor.uint32(row))
    failed = Int(try cursor.uint32(row))
    attempts = Int(try cursor.uint32(row))
    kind = SpoolKind(rawValue: try cursor.shortText(row)) ?? .standard
    reason = PriorityReason(rawValue: try cursor.shortText(row)) ?? .standard
    body = try cursor.shortText(row)
    let sender = try cursor.short(row)
    self.sender = flags.contains(.sender) ? sender : nil
    let ret = try cursor.shortText(row)
    let identifier = try cursor.short(row)
    dsn =
      flags.contains(.dsn)
      ? DeliveryNotice(
        ret: flags.contains(.ret) ? ret : nil,
        envelopeID: flags.contains(.identifier) ? identifier : nil) : nil
  }
}
