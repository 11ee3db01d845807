/// Writes one header field, folding it between words. RFC 5322 §2.1.1, §2.2.3
///
/// Whatever it is given, it writes exactly one field: controls never pass, no line is longer than
/// 998 octets, none consists of blanks, and lines stay within 76 where there is a place to fold.
struct FoldingWriter {
  private(set) var octets: [UInt8] = []
  private var column = 0
  private var isFresh = true

  /// The column that a line should not pass: that of lines with encoded words. RFC 2047 §2
  private static let width = 76
  /// The longest word that is written; the rest of a longer one is cut off.
  private static let longestWord = 900

  /// Begins the field called `name`; what cannot stand in a name is left out.
  init(name: String) {
    let allowed = name.utf8.filter { $0.isPrintable && $0 != .colon }.prefix(70)
    octets = allowed.isEmpty ? Array("X-Unnamed".utf8) : Array(allowed)
    octets.append(.colon)
    column = octets.count
  }

  /// Writes a word behind `blanks`, on the next line where it does not fit on this one.
  mutating func add(word: some Collection<UInt8>, after blanks: [UInt8] = [.space]) {
    let word = word.prefix(FoldingWriter.longestWord)
    guard word.contains(where: { !$0.isBlank }) else { return }
    if !isFresh, column + blanks.count + word.count > FoldingWriter.width { breakLine() }
    for blank in blanks.prefix(60) { octets.append(blank.isBlank ? blank : .space) }
    append(word)
    column += min(blanks.count, 60) + word.count
    isFresh = false
  }

  /// Writes octets directly behind the last word, such as the comma of a list.
  mutating func append(mark: UInt8) {
    if column > FoldingWriter.longestWord {
      breakLine()
      octets.append(.space)
    }
    octets.append(mark.isControl ? .question : mark)
    column += 1
  }

  /// Goes on with the next word on a new line.
  mutating func breakLine() {
    octets += [.carriageReturn, .lineFeed]
    column = 0
    isFresh = true
  }

  /// Ends the field. The field is complete then.
  mutating func finish() -> [UInt8] {
    if isFresh, column == 0 { octets.append(.space) }
    return octets + [.carriageReturn, .lineFeed]
  }

  private mutating func append(_ word: some Collection<UInt8>) {
    for byte in word { octets.append(byte.isControl ? .question : byte) }
  }
}
