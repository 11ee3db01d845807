// The one place where the room touches the bytes of a literal. They live as long as the process.

extension [UInt8] {
  /// Appends the UTF-8 of a literal.
  mutating func append(_ literal: StaticString) {
    literal.withUTF8Buffer { octets in unsafe append(contentsOf: octets) }
  }
}

extension StaticString {
  /// -1, 0 or 1: whether the text in `range` of `bytes` comes before this literal, is it, or comes
  /// after it, in the order of map keys. RFC 8949 §4.2.1
  @inline(__always)
  func order(of range: Range<Int>, in bytes: Span<UInt8>) -> Int {
    let count = utf8CodeUnitCount
    guard range.count == count else { return range.count < count ? -1 : 1 }
    let text = bytes.extracting(range)
    return withUTF8Buffer { octets in
      for index in 0..<count {
        let (a, b) = (text[index], unsafe octets[index])
        if a != b { return a < b ? -1 : 1 }
      }
      return 0
    }
  }
}
