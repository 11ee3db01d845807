/// Where one field of a header is, as ranges of the octets that were parsed.
public struct HeaderField: Hashable, Sendable {
  /// The name, without the blanks that obsolete mail puts before the colon. RFC 5322 §4.5
  public var name: Range<Int>
  /// Everything between the colon and the last line ending, still folded.
  public var value: Range<Int>
  /// All lines of the field with their line endings.
  public var lines: Range<Int>
}

extension HeaderField {
  /// Where the name of the field that `line` begins ends and its value starts, or nil if `line`
  /// begins no field.
  ///
  ///     field-name = 1*%d33-57 / %d59-126; then *WSP ":"        (RFC 5322 §3.6.8, §4.5)
  static func split(_ line: Span<UInt8>) -> (nameEnd: Int, valueStart: Int)? {
    var end = 0
    while end < line.count, line[end] != .colon, line[end].isPrintable { end += 1 }
    guard end > 0 else { return nil }
    var colon = end
    while colon < line.count, line[colon].isBlank { colon += 1 }
    guard colon < line.count, line[colon] == .colon else { return nil }
    return (end, colon + 1)
  }
}
