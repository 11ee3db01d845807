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
}
