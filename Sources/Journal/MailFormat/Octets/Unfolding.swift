/// Undoes the folding of header fields. RFC 5322 §2.2.3
public enum Unfolding {
  /// The value of a field on one line: line endings in front of blanks or the end are removed, any
  /// other line ending, CR, LF or NUL becomes a space, and blanks at either end are dropped.
  public static func unfold(_ value: Span<UInt8>) -> [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(value.count)
    var index = 0
    while index < value.count {
      let byte = value[index]
      let next = index + 1 < value.count ? value[index + 1] : 0
      switch byte {
      case .carriageReturn where next == .lineFeed: break
      case .lineFeed where next.isBlank || index + 1 == value.count: break
      case .carriageReturn, .lineFeed, .nul: line.append(.space)
      default: line.append(byte)
      }
      index += 1
    }
    return line.trimmed
  }

  /// The text with a space for every CR, LF and NUL.
  static func sanitize(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(where: \.breaksLines) else { return text }
    return text.map { $0.breaksLines ? .space : $0 }
  }

  /// The value of a field on one line. See `unfold(_: Span)`.
  public static func unfold(_ value: [UInt8]) -> [UInt8] {
    unfold(value.span)
  }
}
