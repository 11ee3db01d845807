/// What FETCH is asked to say about each message. RFC 3501 §6.4.5
enum FetchItem: Hashable, Sendable {
  case flags
  case uid
  case internalDate
  case size
  case envelope
  /// BODY (not extensible) and BODYSTRUCTURE.
  case structure(isExtensible: Bool)
  case content(FetchContent)

  static let fast: [FetchItem] = [.flags, .internalDate, .size]
  static let all: [FetchItem] = fast + [.envelope]
  static let full: [FetchItem] = all + [.structure(isExtensible: false)]
  /// How many items one FETCH may ask for.
  static let most = 1_000
}

/// Octets of a message that FETCH is asked for, and under which name it is answered.
struct FetchContent: Hashable, Sendable {
  /// The name of the item: RFC822 and its kin are sections by another name.
  enum Label: Hashable, Sendable {
    case body
    case rfc822
    case rfc822Header
    case rfc822Text
  }

  /// `<origin.count>`, in octets of the section.
  struct Partial: Hashable, Sendable {
    let origin: UInt32
    let count: UInt32
  }

  let label: Label
  let section: Section
  let partial: Partial?
  /// Whether fetching leaves \Seen alone.
  let peeks: Bool
}

extension Parser {
  // fetch arguments = "ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")"
  mutating func fetchItems() throws(SyntaxFailure) -> [FetchItem] {
    if try peek() == OctetClass.openList {
      return try list(atMost: FetchItem.most) { (parser) throws(SyntaxFailure) in
        try parser.fetchItem()
      }
    }
    if try takeWord("ALL") { return FetchItem.all }
    if try takeWord("FULL") { return FetchItem.full }
    if try takeWord("FAST") { return FetchItem.fast }
    return [try fetchItem()]
  }

  // fetch-att = "ENVELOPE" / "FLAGS" / "INTERNALDATE" / "RFC822" [".HEADER" / ".SIZE" / ".TEXT"] /
  //   "BODY" ["STRUCTURE"] / "UID" / "BODY" section ["<" number "." nz-number ">"] /
  //   "BODY.PEEK" section ["<" number "." nz-number ">"]
  private mutating func fetchItem() throws(SyntaxFailure) -> FetchItem {
    let name = Word(
      try run("expected an item") { OctetClass.isAtom($0) && $0 != OctetClass.openSection })
    switch name {
    case Word("FLAGS"): return .flags
    case Word("UID"): return .uid
    case Word("INTERNALDATE"): return .internalDate
    case Word("RFC822.SIZE"): return .size
    case Word("ENVELOPE"): return .envelope
    case Word("BODYSTRUCTURE"): return .structure(isExtensible: true)
    case Word("RFC822"): return whole(.rfc822, .whole)
    case Word("RFC822.HEADER"): return whole(.rfc822Header, .header)
    case Word("RFC822.TEXT"): return whole(.rfc822Text, .text)
    case Word("BODY"):
      guard try peek() == OctetClass.openSection else { return .structure(isExtensible: false) }
      return try content(peeks: false)
    case Word("BODY.PEEK"): return try content(peeks: true)
    default: throw .malformed("unknown item")
    }
  }

  /// RFC822.HEADER leaves \Seen alone; the other two set it. RFC 3501 §6.4.5
  private func whole(_ label: FetchContent.Label, _ text: Section.Text) -> FetchItem {
    let section = Section(part: [], text: text)
    return .content(
      FetchContent(label: label, section: section, partial: nil, peeks: text == .header))
  }

  private mutating func content(peeks: Bool) throws(SyntaxFailure) -> FetchItem {
    let section = try section()
    var partial: FetchContent.Partial?
    if try take(OctetClass.less) {
      let origin = try number()
      try expect(OctetClass.dot, "bad partial range")
      partial = FetchContent.Partial(origin: origin, count: try positiveNumber())
      try expect(OctetClass.greater, "bad partial range")
    }
    return .content(FetchContent(label: .body, section: section, partial: partial, peeks: peeks))
  }
}
