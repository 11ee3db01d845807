/// Turns the octets of a message into the lines of a multi-line response. RFC 1939 §3
///
/// A dot at the start of a line is doubled. The standard knows lines that end in CRLF only; a stored
/// message may hold a bare LF (BINARYMIME, APPEND), and most clients end lines there too, so a dot
/// behind one is doubled as well: undoubled, `LF . CRLF` would end the response for them, and what
/// follows would be read as the server's words. A client that ends lines at CRLF alone sees an octet
/// too much there, which is the lesser evil. The octets are otherwise those of the message. It keeps
/// a few facts of what it has seen, and none of the octets.
struct DotStuffing {
  private static let dot = UInt8(ascii: ".")
  private static let lf = UInt8(ascii: "\n")
  private static let cr = UInt8(ascii: "\r")

  /// Lines of the body that may still come; nil for all of them.
  private var linesLeft: UInt64?
  private var isHeader = true
  /// The line at hand holds nothing, or nothing but a CR.
  private var isLineEmpty = true
  private var isLineStart = true
  private var hasCR = false
  private var endsInCRLF = true
  /// Whether nothing of the message is wanted any more.
  private(set) var isDone = false

  /// - Parameter bodyLines: how many lines of the body are wanted besides the header (TOP); nil for
  ///   the whole message.
  init(bodyLines: UInt64? = nil) { linesLeft = bodyLines }

  /// The response's octets for the next octets of the message.
  mutating func stuff(_ octets: [UInt8]) -> [UInt8] {
    guard !isDone else { return [] }
    var stuffed: [UInt8] = []
    stuffed.reserveCapacity(octets.count + octets.count / 64 + 2)
    var start = 0
    while start < octets.count, !isDone {
      let found = octets[start...].firstIndex(of: Self.lf)
      let line = octets[start..<(found.map { $0 + 1 } ?? octets.count)]
      if isLineStart, line.first == Self.dot { stuffed.append(Self.dot) }
      stuffed += line
      note(line)
      start = line.endIndex
    }
    return stuffed
  }

  /// What ends the response: the line end that the message may lack, and a dot.
  func end() -> [UInt8] {
    (endsInCRLF ? [] : [Self.cr, Self.lf]) + [Self.dot, Self.cr, Self.lf]
  }

  /// Takes note of a line, or as much of it as has come.
  private mutating func note(_ line: ArraySlice<UInt8>) {
    let isComplete = line.last == Self.lf
    let text = isComplete ? line.dropLast() : line
    let isOnlyCR = text.count == 1 && text.first == Self.cr && !hasCR
    if !text.isEmpty, !isOnlyCR { isLineEmpty = false }
    if let last = text.last { hasCR = last == Self.cr }
    isLineStart = isComplete
    endsInCRLF = isComplete && hasCR
    guard isComplete else { return }
    endLine()
    isLineEmpty = true
    hasCR = false
  }

  private mutating func endLine() {
    guard let left = linesLeft else { return }
    if isHeader {
      isHeader = !isLineEmpty
      isDone = !isHeader && left == 0
    } else {
      linesLeft = left - 1
      isDone = left == 1
    }
  }
}
