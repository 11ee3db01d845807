/// What a line that begins with two dashes offers for comparison with boundaries, worked out once
/// however many boundaries are open.
struct BoundaryLine {
  /// The octets between the dashes and the blanks at the end, and their hash.
  let length: Int
  let hash: UInt64
  /// The same without two further dashes at the end, or -1 where there are none.
  let closingLength: Int
  let closingHash: UInt64

  /// Nil if `line`, without its line ending, is no boundary line of any multipart.
  init?(_ line: Span<UInt8>) {
    guard line.count > 2, line[0] == .dash, line[1] == .dash else { return nil }
    var end = line.count
    while end > 2, line[end - 1].isBlank { end -= 1 }
    guard end > 2 else { return nil }
    length = end - 2
    hash = BoundaryLine.hash(line, from: 2, to: end)
    let closes = end >= 5 && line[end - 1] == .dash && line[end - 2] == .dash
    closingLength = closes ? end - 4 : -1
    closingHash = closes ? BoundaryLine.hash(line, from: 2, to: end - 2) : 0
  }

  /// FNV-1a: a cheap first comparison; what it lets through is compared in full.
  static func hash(_ text: Span<UInt8>, from start: Int, to end: Int) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    var index = start
    while index < end {
      hash = (hash ^ UInt64(text[index])) &* 0x100_0000_01b3
      index += 1
    }
    return hash
  }
}
