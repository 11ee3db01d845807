/// Which part of a message `BODY[...]` names. RFC 3501 §6.4.5
struct Section: Hashable, Sendable {
  enum Text: Hashable, Sendable {
    /// The part itself, or the whole message.
    case whole
    case header
    case headerFields([[UInt8]])
    case headerFieldsNot([[UInt8]])
    case text
    /// The MIME header of a part.
    case mime
  }

  /// How deep part numbers may go; no stored structure is deeper.
  static let deepest = 100
  /// How many header fields may be named.
  static let mostFields = 1_000

  /// Part numbers from the outside in; empty for the message itself.
  let part: [UInt32]
  let text: Text

  static let message = Section(part: [], text: .whole)
}

extension Parser {
  // section = "[" [section-spec] "]"
  // section-spec = section-msgtext / (section-part ["." section-text])
  mutating func section() throws(SyntaxFailure) -> Section {
    try expect(OctetClass.openSection, "expected a section")
    var part: [UInt32] = []
    var text = Section.Text.whole
    while try peek() != OctetClass.closeSection {
      if OctetClass.isDigit(try peek()) {
        guard part.count < Section.deepest else { throw .malformed("section too deep") }
        part.append(try positiveNumber())
        guard try take(OctetClass.dot) else { break }
        guard try peek() != OctetClass.closeSection else { throw .malformed("bad section") }
      } else {
        text = try sectionText(isPart: !part.isEmpty)
        break
      }
    }
    try expect(OctetClass.closeSection, "bad section")
    return Section(part: part, text: text)
  }

  // section-msgtext = "HEADER" / "HEADER.FIELDS" [".NOT"] SP header-list / "TEXT"
  // section-text = section-msgtext / "MIME"
  private mutating func sectionText(isPart: Bool) throws(SyntaxFailure) -> Section.Text {
    switch try word() {
    case Word("HEADER"): return .header
    case Word("TEXT"): return .text
    case Word("MIME") where isPart: return .mime
    case Word("HEADER.FIELDS"):
      try space()
      return .headerFields(try headerList())
    case Word("HEADER.FIELDS.NOT"):
      try space()
      return .headerFieldsNot(try headerList())
    default: throw .malformed("unknown section")
    }
  }

  // header-list = "(" header-fld-name *(SP header-fld-name) ")"; header-fld-name = astring
  private mutating func headerList() throws(SyntaxFailure) -> [[UInt8]] {
    try list(atMost: Section.mostFields) { (parser) throws(SyntaxFailure) in try parser.astring() }
  }
}
