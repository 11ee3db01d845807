import Events
import Platform

/// Where an entry stands in an order: key of `spool_order`, without a row.
/// order 1, rank 8, entry 8.
struct SpoolRank: Hashable {
  /// What `spool` and `spool_due` do not tell themselves.
  enum Order: UInt8, CaseIterable {
    case priority = 1
    case size = 2
    case attempts = 3
    /// When it was deleted, the earliest first; the others have no place.
    case deleted = 4

    /// Nil for an order that has a table of its own.
    init?(_ order: SpoolOrder) {
      switch order {
      case .priority: self = .priority
      case .size: self = .size
      case .attempts: self = .attempts
      case .time, .next: return nil
      }
    }
  }

  private let order: Order
  private let value: UInt64
  private let id: Position

  /// Nil where the entry has no place in the order.
  init?(_ order: Order, _ entry: SpoolEntry) {
    if order == .deleted, entry.deleted == nil { return nil }
    self.order = order
    id = entry.id
    value =
      switch order {
      case .priority: UInt64(clamping: entry.priority)
      case .size: entry.size
      case .attempts: UInt64(clamping: entry.attempts)
      case .deleted: .max - UInt64(clamping: entry.deleted?.microseconds ?? 0)
      }
  }

  /// The greatest first, and the older before the newer.
  var bytes: [UInt8] {
    var key = RowWriter(capacity: 17)
    key.uint8(order.rawValue)
    key.uint64(.max - value)
    key.uint64(id.rawValue)
    return key.bytes
  }

  /// The entry that a key stands for.
  static func entry(_ key: RawSpan) throws -> Position {
    var cursor = RowCursor(at: 9)
    return Position(try cursor.uint64(key))
  }
}
