import Glibc

extension Reading where Self: ~Copyable {
  /// Gives `body` the entries whose keys lie between `from` and `through`, both included, in the
  /// order of their keys or, `descending`, against it, until it returns false.
  ///
  /// The bytes live only inside `body`, which must not write to the store.
  public func scan(
    _ table: Table, from: [UInt8] = [], through: [UInt8]? = nil, descending: Bool = false,
    _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Bool
  ) throws {
    try scan(table, KeyRange(lower: from, upper: through, includesUpper: true), descending, body)
  }

  /// Gives `body` the entries whose keys start with `prefix`, from the key `from` on where one is
  /// given (to the key `from` when `descending`), until it returns false.
  ///
  /// The bytes live only inside `body`, which must not write to the store.
  public func scan(
    _ table: Table, prefix: [UInt8], from: [UInt8]? = nil, descending: Bool = false,
    _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Bool
  ) throws {
    var range = KeyRange(prefix: prefix)
    if let from, from.starts(with: prefix) {
      if descending {
        range.upper = from
        range.includesUpper = true
      } else {
        range.lower = from
      }
    }
    try scan(table, range, descending, body)
  }

  private func scan(
    _ table: Table, _ range: KeyRange, _ descending: Bool,
    _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Bool
  ) throws {
    try withCursor(table) { cursor in
      var isAtEntry =
        descending ? try cursor.seekLast(in: range) : try cursor.seek(range.lower.span.bytes)
      while isAtEntry {
        let goesOn = try cursor.withEntry { key, value in
          let isInside = descending ? range.isAtOrAboveLower(key) : range.isBelowUpper(key)
          return try isInside && body(key, value)
        }
        guard goesOn else { return }
        isAtEntry = descending ? try cursor.previous() : try cursor.next()
      }
    }
  }
}

extension Cursor {
  /// Moves to the entry with the greatest key that is below the range's upper end.
  fileprivate mutating func seekLast(in range: KeyRange) throws(StoreError) -> Bool {
    guard let upper = range.upper else { return try last() }
    guard try seek(upper.span.bytes) else { return try last() }
    if withEntry({ key, _ in range.isBelowUpper(key) }) { return true }
    return try previous()
  }
}

/// Keys from `lower` on and up to `upper`.
struct KeyRange {
  var lower: [UInt8]
  /// Nil where there is no upper end.
  var upper: [UInt8]?
  var includesUpper: Bool

  init(lower: [UInt8], upper: [UInt8]?, includesUpper: Bool) {
    self.lower = lower
    self.upper = upper
    self.includesUpper = includesUpper
  }

  /// The keys that start with `prefix`: up to the least one that is greater than all of them.
  init(prefix: [UInt8]) {
    var after = prefix
    while after.last == 0xff { after.removeLast() }
    if let last = after.popLast() { after.append(last + 1) }
    self.init(lower: prefix, upper: after.isEmpty ? nil : after, includesUpper: false)
  }

  func isBelowUpper(_ key: RawSpan) -> Bool {
    guard let upper else { return true }
    let order = Self.order(key, upper)
    return order < 0 || (order == 0 && includesUpper)
  }

  func isAtOrAboveLower(_ key: RawSpan) -> Bool {
    Self.order(key, lower) >= 0
  }

  /// Below, at or above zero as `key` is less than, equal to or greater than `bound`.
  private static func order(_ key: RawSpan, _ bound: [UInt8]) -> Int {
    let order = key.withUnsafeBytes { key in
      bound.withUnsafeBytes { bound -> Int32 in
        let common = min(key.count, bound.count)
        guard common > 0, let key = key.baseAddress, let bound = bound.baseAddress else { return 0 }
        return memcmp(key, bound, common)
      }
    }
    return order != 0 ? Int(order) : key.byteCount - bound.count
  }
}
