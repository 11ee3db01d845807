import Events

/// Flags as a command or a response names them. RFC 3501 §2.3.2
struct FlagList: Hashable, Sendable {
  /// The system flags; those that are kept have the bits of `SystemFlags`.
  struct System: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    static let answered = System(SystemFlags.answered)
    static let deleted = System(SystemFlags.deleted)
    static let draft = System(SystemFlags.draft)
    static let flagged = System(SystemFlags.flagged)
    static let seen = System(SystemFlags.seen)
    /// Kept by the session, never stored.
    static let recent = System(rawValue: 32)
    /// `\*`: the client may make up keywords.
    static let anyKeyword = System(rawValue: 64)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ flags: SystemFlags) { rawValue = flags.rawValue }
  }

  /// How many flags one command may name, and how long a keyword may be.
  static let most = 100
  static let longestKeyword = 100

  var system: System = []
  /// As the client spelled them.
  var keywords: [String] = []

  /// The flags that can be kept.
  var stored: FlagSet {
    var flags = FlagSet(SystemFlags(rawValue: system.rawValue))
    for keyword in keywords { flags.insert(Flag(keyword)) }
    return flags
  }

  fileprivate static let names: [(System, StaticString)] = [
    (.answered, "\\Answered"), (.flagged, "\\Flagged"), (.deleted, "\\Deleted"),
    (.seen, "\\Seen"), (.draft, "\\Draft"), (.recent, "\\Recent"), (.anyKeyword, "\\*"),
  ]
}

extension Parser {
  // flag-list = "(" [flag *(SP flag)] ")"
  mutating func flagList() throws(SyntaxFailure) -> FlagList {
    var flags = FlagList()
    try eachInList(mayBeEmpty: true, atMost: FlagList.most) { (parser) throws(SyntaxFailure) in
      try parser.flag(into: &flags)
    }
    return flags
  }

  // store-att-flags ends: flag-list / (flag *(SP flag))
  mutating func storeFlags() throws(SyntaxFailure) -> FlagList {
    if try peek() == OctetClass.openList { return try flagList() }
    var flags = FlagList()
    var count = 0
    repeat {
      count += 1
      guard count <= FlagList.most else { throw .malformed("too many flags") }
      try flag(into: &flags)
    } while try take(OctetClass.space)
    return flags
  }

  // flag = "\Answered" / "\Flagged" / "\Deleted" / "\Seen" / "\Draft" / flag-keyword
  /// \Recent is read and left out: clients that copy flags send it, and nobody can set it.
  private mutating func flag(into flags: inout FlagList) throws(SyntaxFailure) {
    guard try take(OctetClass.backslash) else {
      let name = try run("expected a flag", while: OctetClass.isAtom)
      guard name.count <= FlagList.longestKeyword else { throw .malformed("keyword too long") }
      let keyword = String(decoding: name, as: UTF8.self)
      if !flags.keywords.contains(keyword) { flags.keywords.append(keyword) }
      return
    }
    switch try word() {
    case Word("ANSWERED"): flags.system.insert(.answered)
    case Word("FLAGGED"): flags.system.insert(.flagged)
    case Word("DELETED"): flags.system.insert(.deleted)
    case Word("SEEN"): flags.system.insert(.seen)
    case Word("DRAFT"): flags.system.insert(.draft)
    case Word("RECENT"): break
    default: throw .malformed("unknown system flag")
    }
  }
}

extension ResponseWriter {
  // "(" [flag *(SP flag)] ")"
  mutating func flags(_ flags: FlagList) {
    open()
    var isFirst = true
    self.flags(flags.system, &isFirst)
    for keyword in flags.keywords { self.keyword(keyword, &isFirst) }
    close()
  }

  /// Flags as State keeps them: keywords by their numbers among `names`.
  mutating func flags(_ system: FlagList.System, keywords: UInt64, names: [Flag]) {
    open()
    var isFirst = true
    flags(system, &isFirst)
    var rest = keywords
    while rest != 0 {
      let number = rest.trailingZeroBitCount
      rest &= rest - 1
      if number < names.count { keyword(names[number].text, &isFirst) }
    }
    close()
  }

  private mutating func flags(_ system: FlagList.System, _ isFirst: inout Bool) {
    guard !system.isEmpty else { return }
    for (flag, name) in FlagList.names where system.contains(flag) {
      if !isFirst { space() }
      isFirst = false
      raw(name)
    }
  }

  /// Leaves out what is no atom: it could only end the list.
  private mutating func keyword(_ name: String, _ isFirst: inout Bool) {
    guard !name.isEmpty, name.utf8.allSatisfy(OctetClass.isAtom) else { return }
    if !isFirst { space() }
    isFirst = false
    literalOctets(name.utf8)
  }
}

extension FlagList.System {
  /// The flags that are kept with messages.
  static let permanent: FlagList.System = [.answered, .flagged, .deleted, .seen, .draft]
}
