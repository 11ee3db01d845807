extension CBORCursor {
  /// Checks that `bytes` are exactly one deterministic item: shortest arguments, definite lengths,
  /// ordered and unique map keys, UTF-8 text, bounded depth. RFC 8949 §4.2.1
  public static func validate(_ bytes: Span<UInt8>) throws(CBORError) {
    var cursor = CBORCursor()
    try cursor.validateItem(in: bytes)
    guard cursor.offset == bytes.count else { throw .trailing(at: cursor.offset) }
  }

  /// Checks the item that starts here and steps over it.
  public mutating func validateItem(in bytes: Span<UInt8>) throws(CBORError) {
    var probe = self
    switch try probe.head(in: bytes).major {
    case CBORMajor.array:
      for _ in 0..<(try enterArray(in: bytes)) { try validateItem(in: bytes) }
      leave()
    case CBORMajor.map:
      try validateMap(in: bytes)
    case CBORMajor.text:
      let start = offset
      let range = try text(in: bytes)
      do { _ = try UTF8Span(validating: bytes.extracting(range)) } catch {
        throw .notText(at: start)
      }
    default: try skip(in: bytes)
    }
  }

  private mutating func validateMap(in bytes: Span<UInt8>) throws(CBORError) {
    var last = 0..<0
    for _ in 0..<(try enterMap(in: bytes)) {
      let start = offset
      try validateItem(in: bytes)
      let key = start..<offset
      guard last.isEmpty || CBORCursor.precedes(last, key, in: bytes) else {
        throw .unordered(at: start)
      }
      last = key
      try validateItem(in: bytes)
    }
    leave()
  }

  /// Whether the bytes of `left` come before those of `right`, bytewise.
  private static func precedes(
    _ left: Range<Int>, _ right: Range<Int>, in bytes: Span<UInt8>
  ) -> Bool {
    for step in 0..<min(left.count, right.count) {
      let (a, b) = (bytes[left.lowerBound + step], bytes[right.lowerBound + step])
      if a != b { return a < b }
    }
    return left.count < right.count
  }
}
