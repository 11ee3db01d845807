import Events
import Platform

/// A recipient that is to be attempted: what the scheduler needs of it, without another look.
public struct SpoolDue: Hashable, Sendable {
  /// Where it stands in the order: when, then by entry and number.
  public struct Key: Hashable, Comparable, Sendable {
    public let due: Timestamp
    public let entry: Position
    public let index: Int

    public init(due: Timestamp, entry: Position, index: Int) {
      self.due = due
      self.entry = entry
      self.index = index
    }

    public static func < (one: Key, other: Key) -> Bool {
      (one.due, one.entry, one.index) < (other.due, other.entry, other.index)
    }
  }

  public let key: Key
  public let priority: Int
  public let size: UInt64
  /// Who answers for the sending.
  public let domain: DomainID
  public let isAdmitted: Bool
  /// Whether an attempt was begun whose outcome is not known: in doubt, unless a worker is at it.
  public let isBegun: Bool
  /// Whether somebody wants it to be next.
  public let isForced: Bool
  /// The domain of the address in lower case.
  public let destination: [UInt8]

  public var due: Timestamp { key.due }
  public var entry: Position { key.entry }
  public var index: Int { key.index }
}

/// Row of `spool_due`, key: due 8, entry 8, number 2.
/// priority 1, flags 1, size 8, domain 16, destination: rest.
extension SpoolDue {
  private struct Flags: OptionSet {
    let rawValue: UInt8
    static let admitted = Flags(rawValue: 1)
    static let begun = Flags(rawValue: 2)
    static let forced = Flags(rawValue: 4)
  }

  init(_ entry: SpoolEntry, _ recipient: SpoolRecipient) {
    key = Key(due: recipient.due, entry: entry.id, index: recipient.index)
    priority = entry.priority
    size = entry.size
    domain = entry.domain
    isAdmitted = recipient.isAdmitted
    isBegun = recipient.status == .begun
    isForced = recipient.isForced
    destination = recipient.destination
  }

  var row: [UInt8] {
    var flags: Flags = []
    if isAdmitted { flags.insert(.admitted) }
    if isBegun { flags.insert(.begun) }
    if isForced { flags.insert(.forced) }
    var row = RowWriter(capacity: 26 + destination.count)
    row.uint8(UInt8(clamping: priority))
    row.uint8(flags.rawValue)
    row.uint64(size)
    row.id(domain.rawValue)
    row.raw(destination)
    return row.bytes
  }

  init(_ key: RawSpan, _ row: RawSpan) throws {
    self.key = try Key(key)
    var cursor = RowCursor()
    priority = Int(try cursor.uint8(row))
    let flags = Flags(rawValue: try cursor.uint8(row))
    isAdmitted = flags.contains(.admitted)
    isBegun = flags.contains(.begun)
    isForced = flags.contains(.forced)
    size = try cursor.uint64(row)
    domain = DomainID(rawValue: try cursor.id(row))
    destination = try cursor.rest(row)
  }
}

extension SpoolDue.Key {
  var bytes: [UInt8] {
    var key = RowWriter(capacity: 18)
    key.time(due)
    key.uint64(entry.rawValue)
    key.uint16(UInt16(clamping: index))
    return key.bytes
  }

  init(_ key: RawSpan) throws {
    var cursor = RowCursor()
    due = try cursor.time(key)
    entry = Position(try cursor.uint64(key))
    index = Int(try cursor.uint16(key))
  }
}
