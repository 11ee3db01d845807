import Platform

/// What SEARCH looks for. RFC 3501 §6.4.4
indirect enum SearchKey: Hashable, Sendable {
  case all
  case and([SearchKey])
  case or(SearchKey, SearchKey)
  case not(SearchKey)
  case sequence(SequenceSet)
  case uid(SequenceSet)
  case flag(SearchFlag)
  /// \Recent, which is a matter of the session.
  case recent
  case larger(UInt32)
  case smaller(UInt32)
  /// The day the server received the message.
  case received(SearchDay)
  /// The day the message's Date field names.
  case sent(SearchDay)
  /// A header field contains the text; an empty text asks whether the field is there.
  case header(name: [UInt8], text: [UInt8])
  case body([UInt8])
  /// Header or body.
  case text([UInt8])
}

/// A flag or keyword, upper case where it is a system flag's name.
enum SearchFlag: Hashable, Sendable {
  case answered
  case deleted
  case draft
  case flagged
  case seen
  case keyword([UInt8])
}

/// How a message's day compares; the time of day and the zone are disregarded.
enum SearchDay: Hashable, Sendable {
  case before(CalendarDay)
  case on(CalendarDay)
  case since(CalendarDay)

  /// Whether `day` is wanted.
  func accepts(_ day: CalendarDay) -> Bool {
    switch self {
    case .before(let date): day.daysSince1970 < date.daysSince1970
    case .on(let date): day == date
    case .since(let date): day.daysSince1970 >= date.daysSince1970
    }
  }
}

extension Parser {
  // search-key *(SP search-key), up to the end of the command or of a list
  mutating func searchKeys() throws(SyntaxFailure) -> SearchKey {
    var keys = [try searchKey()]
    while try take(OctetClass.space) { keys.append(try searchKey()) }
    return keys.count == 1 ? keys[0] : .and(keys)
  }

  private mutating func searchKey() throws(SyntaxFailure) -> SearchKey {
    let octet = try peek()
    if octet == OctetClass.openList {
      let keys = try list(atMost: .max) { (parser) throws(SyntaxFailure) in
        try parser.searchKey()
      }
      return keys.count == 1 ? keys[0] : .and(keys)
    }
    if OctetClass.isDigit(octet) || octet == OctetClass.star {
      return .sequence(try sequenceSet())
    }
    let name = try word()
    if let key = SearchKey.plain[name] { return key }
    return try argumentKey(name)
  }

  private mutating func argumentKey(_ name: Word) throws(SyntaxFailure) -> SearchKey {
    if let field = SearchKey.fields[name] {
      try space()
      return .header(name: field, text: try astring())
    }
    guard SearchKey.withArgument.contains(name) else { throw .malformed("unknown search key") }
    try space()
    switch name {
    case Word("NOT"):
      return .not(try nested { (parser) throws(SyntaxFailure) in try parser.searchKey() })
    case Word("OR"):
      return try nested { (parser) throws(SyntaxFailure) in
        let left = try parser.searchKey()
        try parser.space()
        return .or(left, try parser.searchKey())
      }
    case Word("UID"): return .uid(try sequenceSet())
    case Word("LARGER"): return .larger(try number())
    case Word("SMALLER"): return .smaller(try number())
    case Word("BODY"): return .body(try astring())
    case Word("TEXT"): return .text(try astring())
    case Word("KEYWORD"): return .flag(.keyword(try keyword()))
    case Word("UNKEYWORD"): return .not(.flag(.keyword(try keyword())))
    case Word("HEADER"):
      let name = try astring()
      try space()
      return .header(name: name, text: try astring())
    default: return try dayKey(name)
    }
  }

  private mutating func dayKey(_ name: Word) throws(SyntaxFailure) -> SearchKey {
    let day = try date()
    switch name {
    case Word("BEFORE"): return .received(.before(day))
    case Word("ON"): return .received(.on(day))
    case Word("SINCE"): return .received(.since(day))
    case Word("SENTBEFORE"): return .sent(.before(day))
    case Word("SENTON"): return .sent(.on(day))
    default: return .sent(.since(day))
    }
  }

  // flag-keyword = atom
  private mutating func keyword() throws(SyntaxFailure) -> [UInt8] {
    Array(try run("expected a keyword", while: OctetClass.isAtom))
  }
}

extension SearchKey {
  fileprivate static let plain: [Word: SearchKey] = [
    Word("ALL"): .all,
    Word("ANSWERED"): .flag(.answered), Word("UNANSWERED"): .not(.flag(.answered)),
    Word("DELETED"): .flag(.deleted), Word("UNDELETED"): .not(.flag(.deleted)),
    Word("DRAFT"): .flag(.draft), Word("UNDRAFT"): .not(.flag(.draft)),
    Word("FLAGGED"): .flag(.flagged), Word("UNFLAGGED"): .not(.flag(.flagged)),
    Word("SEEN"): .flag(.seen), Word("UNSEEN"): .not(.flag(.seen)),
    Word("RECENT"): .recent, Word("OLD"): .not(.recent),
    Word("NEW"): .and([.recent, .not(.flag(.seen))]),
  ]

  fileprivate static let fields: [Word: [UInt8]] = [
    Word("BCC"): Array("Bcc".utf8), Word("CC"): Array("Cc".utf8),
    Word("FROM"): Array("From".utf8), Word("SUBJECT"): Array("Subject".utf8),
    Word("TO"): Array("To".utf8),
  ]

  fileprivate static let withArgument: Set<Word> = [
    Word("NOT"), Word("OR"), Word("UID"), Word("LARGER"), Word("SMALLER"), Word("BODY"),
    Word("TEXT"), Word("KEYWORD"), Word("UNKEYWORD"), Word("HEADER"), Word("BEFORE"), Word("ON"),
    Word("SINCE"), Word("SENTBEFORE"), Word("SENTON"), Word("SENTSINCE"),
  ]
}
