import Events

/// SEARCH: the messages that meet criteria. RFC 3501 §6.4.4, RFC 4731 §3
struct Search: Command {
  static let verbs: [StaticString] = ["SEARCH", "UID SEARCH"]
  static let stages = Stages.selected

  let isUID: Bool
  /// What an ESEARCH response is to hold; nil asks for the plain one.
  let returns: SearchReturn?
  /// In upper case; nil is US-ASCII.
  let charset: [UInt8]?
  let key: SearchKey

  // search = "SEARCH" [SP "RETURN" SP "(" [option *(SP option)] ")"] [SP "CHARSET" SP astring]
  //   1*(SP search-key)
  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    self.isUID = isUID
    try parser.space()
    if try parser.takeWord("RETURN") {
      try parser.space()
      returns = try parser.searchReturn()
      try parser.space()
    } else {
      returns = nil
    }
    if try parser.takeWord("CHARSET") {
      try parser.space()
      charset = try parser.astring().map(OctetClass.upper)
      try parser.space()
    } else {
      charset = nil
    }
    key = try parser.searchKeys()
  }

  var updates: UpdatePolicy { isUID ? .all : .withoutExpunges }

  func run(in session: Session) async throws -> Reply? {
    var known = SearchCharset.standard
    if let charset {
      guard let named = SearchCharset(name: charset) else {
        return .no("The charset is not known", .badCharset)
      }
      known = named
    }
    let view = try session.selectedView()
    var keywords: [Flag: Int] = [:]
    for (number, name) in view.keywords.enumerated() where !name.text.isEmpty {
      keywords[name] = number
    }
    let context = SearchContext(uids: view.uids, keywords: keywords, charset: known)
    let found = try await session.search(context.term(key))
    let numbers = isUID ? found.ranges : view.numbers(of: found)
    if let returns {
      session.say { $0.extendedSearch(numbers, returns, tag: session.tag, isUID: isUID) }
    } else {
      try await session.saySearch(numbers)
    }
    return .ok("Search done")
  }
}
