import MailFormat

/// Looks for texts in the parts of a message that are text, as people read them. RFC 3501 §6.4.4
///
/// Transfer encoding and character set are undone; a text is found within one part, not across two.
/// Attachments that are no text are not looked into. Memory is that of one piece.
struct BodyTextSearch {
  private var matchers: [(text: [UInt8], matcher: SubstringMatcher)]

  /// A search for folded texts, none of them empty.
  init(_ texts: Set<[UInt8]>) {
    matchers = texts.map { ($0, SubstringMatcher(folded: $0)) }
  }

  /// The texts found so far.
  var found: Set<[UInt8]> { Set(matchers.lazy.filter(\.matcher.isFound).map(\.text)) }

  private var isDone: Bool { matchers.allSatisfy(\.matcher.isFound) }

  /// Goes through the body of the message with this structure. `read` gives octets of a range of
  /// the message: at least one, or none at the end of what there is.
  mutating func search(
    _ message: BodyStructure, read: (Range<UInt64>) throws -> [UInt8]
  ) throws {
    var waiting = [message]
    while let part = waiting.popLast(), !isDone {
      switch part.content {
      case .multipart(let parts): waiting.append(contentsOf: parts.reversed())
      case .message(_, let inner):
        try search(inner.headerStart..<inner.bodyStart, .identity, .utf8, read)
        waiting.append(inner)
      case .leaf where part.media.isText:
        let charset = part.media.parameter("charset").flatMap { Charset(name: $0) }
        try search(
          part.bodyStart..<part.bodyEnd, TransferDecoder.Encoding(part.encoding), charset ?? .utf8,
          read)
      case .leaf: continue
      }
    }
  }

  private mutating func search(
    _ range: Range<UInt64>, _ encoding: TransferDecoder.Encoding, _ charset: Charset,
    _ read: (Range<UInt64>) throws -> [UInt8]
  ) throws {
    var decoder = TransferDecoder(encoding)
    var rest: [UInt8] = []
    var next = range.lowerBound
    while next < range.upperBound, !isDone {
      let piece = try read(next..<range.upperBound)
      guard !piece.isEmpty else { break }
      next += UInt64(piece.count)
      rest += decoder.decode(piece)
      let whole = charset == .utf8 ? BodyTextSearch.wholeCharacters(rest) : rest.count
      feed(charset.utf8(Array(rest[..<whole])))
      rest.removeFirst(whole)
    }
    feed(charset.utf8(rest))
    for index in matchers.indices { matchers[index].matcher.endOfText() }
  }

  private mutating func feed(_ text: [UInt8]) {
    guard !text.isEmpty else { return }
    let folded = FoldedText.fold(text)
    for index in matchers.indices { matchers[index].matcher.feed(folded) }
  }

  /// How many octets of `text` are left when a character that its end cuts is kept for later.
  private static func wholeCharacters(_ text: [UInt8]) -> Int {
    var start = text.count
    while start > 0, text.count - start < 3 {
      start -= 1
      let octet = text[start]
      if octet < 0x80 { return text.count }
      guard octet >= 0xC0 else { continue }
      let length = octet >= 0xF0 ? 4 : octet >= 0xE0 ? 3 : 2
      return text.count - start < length ? start : text.count
    }
    return text.count
  }
}
