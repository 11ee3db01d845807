/// Undoes the folding of header fields. RFC 5322 §2.2.3
public enum Unfolding {
  /// The value of a field on one line: line endings are removed, the blanks behind them stay, a
  /// stray CR, LF or NUL becomes a space, and blanks at either end are dropped.
  public static func unfold(_ value: Span<UInt8>) -> [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(value.count)
    var index = 0
    while index < value.count {
      let byte = value[index]
      let next = index + 1 < value.count ? value[index + 1] : 0
      switch byte {
      case .carriageReturn where next == .lineFeed: index += 1
      case .lineFeed where next.isBlank || index + 1 == value.count: break
      case .carriageReturn, .lineFeed, .nul: line.append(.space)
      default: line.append(byte)
      }
      index += 1
    }
    return line.trimmed
  }

  /// The value of a field on one line. See `unfold(_: Span)`.
  public static func unfold(_ value: [UInt8]) -> [UInt8] {
    unfold(value.span)
  }
}
