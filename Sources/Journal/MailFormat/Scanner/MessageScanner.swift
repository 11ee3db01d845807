/// Finds out what a message is made of while its octets go by.
///
/// Feed it chunks of any size; where they are cut makes no difference. It keeps no body, takes time
/// in proportion to the octets, and accepts anything: what is not understood is a leaf. Lines may
/// end in CRLF or in a bare LF.
public struct MessageScanner: Sendable {
  enum Phase { case header, body, rest }

  let limits: ScanLimits
  /// The parts whose end has not been seen, outermost first.
  var open: [OpenPart]
  /// The boundaries of those of them that are multiparts and not closed, outermost first.
  var boundaries: [(level: Int, boundary: Boundary)] = []
  var phase = Phase.header
  var parts = 1
  var field = FieldBuffer()
  var budget: ScanBudget
  var tally = FieldTally()
  /// Where the line at hand starts, and how many line feeds are before it.
  var position: UInt64 = 0
  var feeds: UInt64 = 0
  /// The length of the line ending before the line at hand.
  var ending: UInt64 = 0
  /// The line at hand as far as earlier chunks had it: its first octets, its length, its last octet.
  private var carry: [UInt8] = []
  private var carried = 0
  private var carriedLast: UInt8 = 0

  public init(limits: ScanLimits = ScanLimits()) {
    self.limits = limits
    budget = ScanBudget(limits)
    open = [OpenPart(headerStart: 0, standard: .plainText, isMessage: true)]
  }

  /// The facts of a whole message.
  public static func scan(
    _ message: Span<UInt8>, limits: ScanLimits = ScanLimits()
  ) -> MessageFacts {
    var scanner = MessageScanner(limits: limits)
    scanner.feed(message)
    return scanner.finish()
  }

  /// Takes the next octets of the message.
  public mutating func feed(_ chunk: [UInt8]) {
    feed(chunk.span)
  }

  /// Takes the next octets of the message.
  public mutating func feed(_ chunk: Span<UInt8>) {
    var start = 0
    var index = 0
    while index < chunk.count {
      index = chunk.lineFeed(from: index)
      guard index < chunk.count else { break }
      if carried > 0 {
        keep(chunk, start..<index)
        endCarriedLine(isEnded: true)
      } else {
        let count = index - start
        let endsInReturn = count > 0 && chunk[index - 1] == .carriageReturn
        if phase == .header || (chunk[start] == .dash && !boundaries.isEmpty) {
          line(
            chunk.extracting(start..<(start + min(count, lineLimit))), count: count, isEnded: true)
        }
        pass(count: count + 1, ending: endsInReturn ? 2 : 1)
      }
      index += 1
      start = index
    }
    if start < chunk.count { keep(chunk, start..<chunk.count) }
  }

  /// Ends the message and says what it was. Call it once.
  public mutating func finish() -> MessageFacts {
    if carried > 0 { endCarriedLine(isEnded: false) }
    ending = 0
    close(above: -1)
    let facts = MessageFacts(
      envelope: closed.envelope, structure: closed.structure, tally: tally,
      isCapped: budget.isCapped)
    return facts
  }

  /// The root, once it is closed.
  var closed: (envelope: Envelope, structure: BodyStructure) = (Envelope(), BodyStructure())

  /// The octets of a line that are looked at.
  private var lineLimit: Int {
    phase == .header ? max(limits.fieldOctets, Boundary.longestLine) : Boundary.longestLine
  }

  private mutating func pass(count: Int, ending: UInt64) {
    position += UInt64(count)
    feeds += 1
    self.ending = ending
  }

  /// Keeps a piece of a line whose end is in a later chunk.
  private mutating func keep(_ chunk: Span<UInt8>, _ range: Range<Int>) {
    guard !range.isEmpty else { return }
    var index = range.lowerBound
    let end = index + min(range.count, max(0, lineLimit - carry.count))
    while index < end {
      carry.append(chunk[index])
      index += 1
    }
    carried += range.count
    carriedLast = chunk[range.upperBound - 1]
  }

  private mutating func endCarriedLine(isEnded: Bool) {
    var text: [UInt8] = []
    swap(&text, &carry)
    let count = carried
    let endsInReturn = carriedLast == .carriageReturn
    carried = 0
    line(text.span, count: count, isEnded: isEnded)
    if isEnded {
      pass(count: count + 1, ending: endsInReturn ? 2 : 1)
    } else {
      position += UInt64(count)
    }
    text.removeAll(keepingCapacity: text.capacity <= 4096)
    swap(&text, &carry)
  }
}
