/// The announcement of a literal at the end of a line: `{n}` or `{n+}`. RFC 3501 §4.3, RFC 7888 §3
struct LiteralHeader: Hashable, Sendable {
  /// How many octets follow the line; more than 2^63 - 1 is kept as that.
  let octets: UInt64
  /// Whether the client waits for a continuation before it sends them.
  let isSynchronizing: Bool

  init(octets: UInt64, isSynchronizing: Bool) {
    self.octets = octets
    self.isSynchronizing = isSynchronizing
  }

  /// Reads the announcement that ends `line` (without CRLF), nil where there is none.
  ///
  /// Only a literal can end a line so: a quoted string cannot contain the end of a line.
  init?(endOf line: borrowing [UInt8]) {
    guard line.last == OctetClass.closeLiteral else { return nil }
    var end = line.count - 1
    let waits = end == 0 || line[end - 1] != OctetClass.plus
    if !waits { end -= 1 }
    var start = end
    while start > 0, OctetClass.isDigit(line[start - 1]) { start -= 1 }
    guard start < end, start > 0, line[start - 1] == OctetClass.openLiteral else { return nil }
    let octets = UInt64(decimal: line[start..<end]) ?? .max
    self.init(octets: min(octets, UInt64(Int64.max)), isSynchronizing: waits)
  }
}
