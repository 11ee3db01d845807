/// The delimiter between the parts of one multipart. RFC 2046 §5.1.1
///
///     delimiter       = "--" boundary *(SP / HTAB)
///     close-delimiter = "--" boundary "--" *(SP / HTAB)
///
/// The whole line must match, so that a boundary that begins like another is not taken for it.
struct Boundary: Sendable {
  enum Match { case delimiter, closing }

  /// The longest line that is compared, in octets; longer ones are no boundary lines.
  static let longestLine = 512
  /// The longest boundary that is understood; RFC 2046 §5.1.1 allows 70.
  private static let longest = 256

  private let text: [UInt8]
  private let hash: UInt64

  /// Nil where `value` cannot delimit anything.
  init?(_ value: [UInt8]) {
    let end = (value.lastIndex { !$0.isBlank } ?? -1) + 1
    guard end > 0, end <= Boundary.longest else { return nil }
    let text = Array(value[..<end])
    hash = BoundaryLine.hash(text.span, from: 0, to: end)
    self.text = text
  }

  /// What `line` is to this boundary, or nil if nothing. `facts` are those of `line`.
  func match(_ line: Span<UInt8>, _ facts: BoundaryLine) -> Match? {
    if facts.length == text.count, facts.hash == hash, isPrefix(of: line) { return .delimiter }
    if facts.closingLength == text.count, facts.closingHash == hash, isPrefix(of: line) {
      return .closing
    }
    return nil
  }

  private func isPrefix(of line: Span<UInt8>) -> Bool {
    guard line.count >= text.count + 2 else { return false }
    var index = 0
    while index < text.count, line[index + 2] == text[index] { index += 1 }
    return index == text.count
  }
}
