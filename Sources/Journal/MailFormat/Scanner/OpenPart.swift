/// A part whose end has not been seen.
struct OpenPart: Sendable {
  var structure: BodyStructure
  /// The envelope, where the part is a message's root.
  var envelope: Envelope?
  /// What the part is unless its header says otherwise.
  let standard: MediaType
  private var media: MediaType?
  private var hasMedia = false
  private var hasEncoding = false
  /// Line feeds before the body.
  var feedsBefore: UInt64 = 0
  private var children: [BodyStructure] = []
  private var held: (envelope: Envelope, root: BodyStructure)?
  /// Where the body of the last part inside this one ends.
  private var innerEnd: UInt64 = 0
  /// Whether the parts inside are those of a multipart.
  var isMultipart = false

  init(headerStart: UInt64, standard: MediaType, isMessage: Bool) {
    structure = BodyStructure(headerStart: headerStart)
    self.standard = standard
    envelope = isMessage ? Envelope() : nil
  }

  /// Takes in a field of the part's header; `value` is unfolded.
  mutating func take(_ kind: FieldKind, _ value: [UInt8], _ budget: inout ScanBudget) {
    switch kind {
    case .contentType:
      guard !hasMedia else { return }
      hasMedia = true
      // A type that cannot be read is plain text. RFC 2045 §5.2
      media = budget.media(value) ?? .plainText
    case .encoding:
      guard !hasEncoding else { return }
      var lexer = FieldLexer(value)
      lexer.skipBlanks()
      let token = lexer.run(where: \.isToken)
      hasEncoding = !token.isEmpty
      if hasEncoding { structure.encoding = token.lowercased }
    case .contentID: structure.id = structure.id ?? value
    case .description: structure.description = structure.description ?? value
    case .md5: structure.md5 = structure.md5 ?? value
    case .location: structure.location = structure.location ?? value
    case .disposition:
      if structure.disposition == nil { structure.disposition = budget.disposition(value) }
    case .language:
      if structure.languages.isEmpty { structure.languages = OpenPart.languages(value) }
    default:
      envelope?.take(kind, value, &budget)
    }
  }

  /// Settles what the part is, once its header has ended.
  mutating func endHeader(bodyStart: UInt64, feedsBefore: UInt64) {
    structure.media = media ?? standard
    structure.bodyStart = bodyStart
    self.feedsBefore = feedsBefore
    innerEnd = bodyStart
    envelope?.complete()
  }

  /// Whether the body stands for itself, so that one can look into it. RFC 2045 §6.4
  var isIdentity: Bool {
    ["7bit", "8bit", "binary"].contains { structure.encoding.elementsEqual($0.utf8) }
  }

  /// Makes the part a file that nobody looks into; its parameters may still name it.
  mutating func makeOpaque() {
    structure.media.type = MediaType.opaque.type
    structure.media.subtype = MediaType.opaque.subtype
  }

  /// Takes in a part that has ended inside this one.
  mutating func add(_ part: OpenPart) {
    innerEnd = part.structure.bodyEnd
    if isMultipart {
      children.append(part.structure)
    } else if let envelope = part.envelope {
      held = (envelope, part.structure)
    }
  }

  /// Ends the part in front of a boundary line, or of the end of the message where `ending` is 0.
  /// `position` is where that line starts, `ending` the length of the line ending before it, which
  /// belongs to the boundary if it is not the part's header's. RFC 2046 §5.1.1
  mutating func close(position: UInt64, ending: UInt64, feeds: UInt64) {
    structure.bodyEnd = max(innerEnd, position - ending)
    let own = structure.bodyEnd < position ? feeds - 1 : feeds
    structure.lines = own > feedsBefore ? own - feedsBefore : 0
    if let held {
      structure.content = .message(held.envelope, held.root)
    } else if !children.isEmpty {
      structure.content = .multipart(children)
    } else if isMultipart {
      // A multipart without parts is text that says something else. RFC 2045 §5.2
      structure.media = .plainText
    }
  }

  private static func languages(_ value: [UInt8]) -> [[UInt8]] {
    var lexer = FieldLexer(value)
    var tags: [[UInt8]] = []
    while tags.count < 50 {
      lexer.skipBlanks()
      let tag = lexer.run(where: \.isToken)
      if !tag.isEmpty { tags.append(tag) }
      lexer.skipBlanks()
      guard lexer.peek != nil else { break }
      lexer.advance()
    }
    return tags
  }
}
