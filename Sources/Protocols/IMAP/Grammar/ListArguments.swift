/// What LIST and LSUB are asked. RFC 3501 §6.3.8, RFC 6154 §5.2
struct ListArguments: Hashable, Sendable {
  /// Whether only mailboxes with a special use are wanted.
  var onlySpecialUse = false
  var reference: [UInt8] = []
  /// One pattern, or several in the extended form.
  var patterns: [[UInt8]] = []
  /// The attributes a RETURN asked for; \HasChildren and its opposite are always given.
  var returnsSpecialUse = false

  static let mostPatterns = 100
}

extension Parser {
  // list arguments = [SP "(" "SPECIAL-USE" ")"] SP mailbox SP mbox-or-pat
  //   [SP "RETURN" SP "(" [option *(SP option)] ")"]
  mutating func listArguments() throws(SyntaxFailure) -> ListArguments {
    var arguments = ListArguments()
    try space()
    if try peek() == OctetClass.openList {
      try eachInList(mayBeEmpty: true, atMost: 10) { (parser) throws(SyntaxFailure) in
        guard try parser.word() == Word("SPECIAL-USE") else {
          throw .malformed("unknown selection option")
        }
        arguments.onlySpecialUse = true
      }
      try space()
    }
    arguments.reference = try astring()
    try space()
    if try peek() == OctetClass.openList {
      arguments.patterns = try list(atMost: ListArguments.mostPatterns) {
        (parser) throws(SyntaxFailure) in try parser.listMailbox()
      }
    } else {
      arguments.patterns = [try listMailbox()]
    }
    guard try take(OctetClass.space) else { return arguments }
    try listReturn(&arguments)
    return arguments
  }

  private mutating func listReturn(_ arguments: inout ListArguments) throws(SyntaxFailure) {
    guard try takeWord("RETURN") else { throw .malformed("expected RETURN") }
    try space()
    try eachInList(mayBeEmpty: true, atMost: 10) { (parser) throws(SyntaxFailure) in
      switch try parser.word() {
      case Word("SPECIAL-USE"): arguments.returnsSpecialUse = true
      case Word("CHILDREN"): break
      default: throw .malformed("unknown return option")
      }
    }
  }

  // list-mailbox = 1*list-char / string
  mutating func listMailbox() throws(SyntaxFailure) -> [UInt8] {
    switch try peek() {
    case OctetClass.quote, OctetClass.openLiteral: return try string()
    default: return Array(try run("expected a pattern", while: OctetClass.isList))
    }
  }
}
