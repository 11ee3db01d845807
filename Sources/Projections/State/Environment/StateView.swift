import Events
import Store

/// State as of one moment, or as folded so far in a batch, lent for the time of a closure.
///
/// What can be asked is in extensions, by folder: domains, users, mailboxes, messages, settings.
/// A view is never kept: it cannot be copied, and ends with the closure it was lent to.
public struct StateView: ~Copyable {
  /// Where rows come from.
  @safe enum Source {
    /// A read transaction, borrowed for as long as the view is lent, which no view outlives.
    case read(UnsafePointer<ReadTransaction>)
    /// The batch that is being folded, with what it has not yet written.
    case batch(StateBatch)
  }

  let source: Source
  let tables: StateTables

  /// Runs `body` with the row of `key`; nil where there is none.
  func withRow<R>(
    _ table: StateTable, _ key: [UInt8], _ body: (RawSpan) throws -> R
  ) throws -> R? {
    switch source {
    case .read(let transaction):
      try unsafe transaction.pointee.withValue(tables[table], key) { row in
        guard let row else { return nil }
        return try body(row)
      }
    case .batch(let batch): try batch.withRow(table, key, body)
    }
  }

  func count(_ table: StateTable) throws -> Int {
    switch source {
    case .read(let transaction): try unsafe transaction.pointee.count(tables[table])
    case .batch(let batch): try batch.count(table)
    }
  }

  func contains(_ table: StateTable, _ key: [UInt8]) throws -> Bool {
    try withRow(table, key) { _ in true } ?? false
  }

  /// Gives `body` the rows whose keys start with `prefix`, from the key `from` on, until it says no.
  func scan(
    _ table: StateTable, prefix: [UInt8], from: [UInt8]? = nil,
    _ body: (_ key: RawSpan, _ row: RawSpan) throws -> Bool
  ) throws {
    switch source {
    case .read(let transaction):
      try unsafe transaction.pointee.scan(tables[table], prefix: prefix, from: from, body)
    case .batch(let batch):
      try batch.scan(table, prefix: prefix, from: from, body)
    }
  }

  /// Gives `body` the rows between two keys, both included, until it says no.
  func scan(
    _ table: StateTable, from: [UInt8], through: [UInt8],
    _ body: (_ key: RawSpan, _ row: RawSpan) throws -> Bool
  ) throws {
    switch source {
    case .read(let transaction):
      try unsafe transaction.pointee.scan(tables[table], from: from, through: through, body)
    case .batch(let batch):
      try batch.scan(table, from: from, through: through, body)
    }
  }
}
