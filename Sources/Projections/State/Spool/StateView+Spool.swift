import Events
import Platform

extension StateView {
  public func spoolEntry(_ id: Position) throws -> SpoolEntry? {
    try withRow(.spool, SpoolEntry.key(id)) { try SpoolEntry(id, $0) }
  }

  public func spoolRecipient(_ index: Int, of id: Position) throws -> SpoolRecipient? {
    try withRow(.spoolRecipient, SpoolRecipient.key(id, index)) { try SpoolRecipient(index, $0) }
  }

  /// The recipients of an entry from number `first` on, in order.
  public func spoolRecipients(
    of id: Position, from first: Int = 0, limit: Int = .max
  ) throws -> [SpoolRecipient] {
    var found: [SpoolRecipient] = []
    try scan(
      .spoolRecipient, prefix: SpoolEntry.key(id), from: SpoolRecipient.key(id, first)
    ) { key, row in
      var cursor = RowCursor(at: 8)
      found.append(try SpoolRecipient(Int(try cursor.uint16(key)), row))
      return found.count < limit
    }
    return found
  }

  /// Recipients that are due at `time`, the earliest first, from those after `last` on.
  public func spoolDue(
    through time: Timestamp, after last: SpoolDue.Key? = nil, limit: Int
  ) throws -> [SpoolDue] {
    var found: [SpoolDue] = []
    // No key lies between a key and the same with a zero behind it.
    try scan(.spoolDue, prefix: [], from: last.map { $0.bytes + [0] } ?? []) { key, row in
      let due = try SpoolDue(key, row)
      guard due.due <= time else { return false }
      found.append(due)
      return found.count < limit
    }
    return found
  }

  /// When the next recipient is due after `last`; nil where nobody waits.
  public func nextSpoolDue(after last: Timestamp? = nil) throws -> Timestamp? {
    var found: Timestamp?
    let from = last.map {
      SpoolDue.Key(due: $0.adding(microseconds: 1), entry: .zero, index: 0).bytes
    }
    try scan(.spoolDue, prefix: [], from: from ?? []) { key, _ in
      found = try SpoolDue.Key(key).due
      return false
    }
    return found
  }

  /// Gives `body` the entries after `last`, the oldest first, until it says no.
  public func eachSpoolEntry(
    after last: Position? = nil, _ body: (SpoolEntry) throws -> Bool
  ) throws {
    try scan(.spool, prefix: [], from: last.map { SpoolEntry.key($0) + [0] } ?? []) { key, row in
      var cursor = RowCursor()
      return try body(SpoolEntry(Position(try cursor.uint64(key)), row))
    }
  }
}
