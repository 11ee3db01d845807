import CLMDB

/// What can be asked of an environment: both transactions answer.
///
/// Bytes are lent to closures and live only inside them. The three functions here are all a
/// transaction brings; the questions people ask are in extensions.
public protocol Reading: ~Copyable {
  /// Runs `body` with the value of `key`, or with nil where the table has none.
  func withValue<Result>(
    _ table: Table, _ key: RawSpan, _ body: (RawSpan?) throws -> Result
  ) throws -> Result

  /// Runs `body` with a cursor that stands nowhere yet.
  func withCursor<Result>(
    _ table: Table, _ body: (inout Cursor) throws -> Result
  ) throws -> Result

  /// How many entries the table has.
  func count(_ table: Table) throws(StoreError) -> Int
}

extension Reading where Self: ~Copyable {
  /// Runs `body` with the value of `key`, or with nil where the table has none.
  public func withValue<Result>(
    _ table: Table, _ key: [UInt8], _ body: (RawSpan?) throws -> Result
  ) throws -> Result {
    try withValue(table, key.span.bytes, body)
  }

  /// A copy of the value of `key`; nil where the table has none.
  public func value(_ table: Table, _ key: RawSpan) throws -> [UInt8]? {
    try withValue(table, key) { value in
      guard let value else { return nil }
      return value.withUnsafeBytes { [UInt8]($0) }
    }
  }

  /// A copy of the value of `key`; nil where the table has none.
  public func value(_ table: Table, _ key: [UInt8]) throws -> [UInt8]? {
    try value(table, key.span.bytes)
  }

  /// Whether the table has `key`.
  public func contains(_ table: Table, _ key: [UInt8]) throws -> Bool {
    try withValue(table, key) { $0 != nil }
  }

  /// A copy of the entry with the least key; nil where the table is empty.
  public func first(_ table: Table) throws -> (key: [UInt8], value: [UInt8])? {
    try withCursor(table) { try $0.first() ? $0.entry : nil }
  }

  /// A copy of the entry with the greatest key; nil where the table is empty.
  public func last(_ table: Table) throws -> (key: [UInt8], value: [UInt8])? {
    try withCursor(table) { try $0.last() ? $0.entry : nil }
  }
}

extension Cursor {
  /// A copy of the entry the cursor stands at.
  public var entry: (key: [UInt8], value: [UInt8]) {
    withEntry { key, value in
      (key.withUnsafeBytes { [UInt8]($0) }, value.withUnsafeBytes { [UInt8]($0) })
    }
  }
}
