/// Reads a list of addresses as far as it can be understood. RFC 5322 §3.4, §4.4
///
///     address-list = address *("," address)
///     address      = mailbox / display-name ":" [mailbox-list] ";"
///     mailbox      = [display-name] "<" [route] addr-spec ">" / addr-spec
///     route        = "@" domain *("," "@" domain) ":"
///
/// Nothing is refused: an address without a domain has an empty host, text that is no address is a
/// name alone, and an unclosed bracket ends with its address. One pass, no recursion.
struct AddressParser {
  private var lexer: FieldLexer
  private let limit: Int
  private(set) var addresses: [MailAddress] = []
  private(set) var isCapped = false
  private var isInGroup = false
  private var current = PendingAddress()

  private init(_ value: [UInt8], limit: Int) {
    lexer = FieldLexer(value, keepsComments: true)
    self.limit = limit
  }

  /// The addresses in an unfolded value, at most `limit` of them and then the end of a group.
  static func parse(_ value: [UInt8], limit: Int) -> AddressParser {
    var parser = AddressParser(value, limit: limit)
    while parser.addresses.count < limit, parser.step() {}
    parser.isCapped = parser.lexer.peek != nil
    parser.finishAddress()
    parser.endGroup()
    return parser
  }

  /// Reads one token. Returns false at the end.
  private mutating func step() -> Bool {
    lexer.skipBlanks()
    if let comment = lexer.comment {
      current.comment = comment
      lexer.comment = nil
    }
    guard let byte = lexer.peek else { return false }
    switch byte {
    case .comma:
      lexer.advance()
      finishAddress()
    case .semicolon:
      lexer.advance()
      finishAddress()
      endGroup()
    case .colon where current.canNameGroup && !isInGroup:
      lexer.advance()
      startGroup()
    case UInt8(ascii: "<"):
      lexer.advance()
      if current.angle != .none { finishAddress() }
      current.openAngle()
      readRoute()
    case UInt8(ascii: ">"):
      lexer.advance()
      if current.angle == .open { current.angle = .closed }
    case .at:
      lexer.advance()
      current.setDomain(readDomain())
    case .dot:
      lexer.advance()
      current.addDot()
    case .quote:
      let spaced = lexer.skipped
      current.addWord(lexer.quotedString(), spaced: spaced)
    case UInt8(ascii: "["):
      current.addWord(lexer.domainLiteral(), spaced: lexer.skipped)
    default:
      let word = lexer.run(where: \.isAtomic)
      if word.isEmpty { lexer.advance() } else { current.addWord(word, spaced: lexer.skipped) }
    }
    return true
  }

  /// Reads `@a,@b:` behind a bracket; without the colon it was the domain of an address.
  private mutating func readRoute() {
    lexer.skipBlanks()
    guard lexer.peek == .at || lexer.peek == .comma else { return }
    var route: [UInt8] = []
    while let byte = lexer.peek {
      if byte == .colon {
        lexer.advance()
        current.route = route
        return
      }
      guard byte == .at || byte == .comma else { break }
      lexer.advance()
      if byte == .at {
        if !route.isEmpty { route.append(.comma) }
        route.append(.at)
        route += readDomain()
      }
      lexer.skipBlanks()
    }
    if !route.isEmpty { current.setDomain(Array(route.dropFirst())) }
  }

  /// Reads a domain, with blanks around its dots as obsolete mail has them.
  private mutating func readDomain() -> [UInt8] {
    var domain: [UInt8] = []
    while true {
      lexer.skipBlanks()
      guard let byte = lexer.peek else { return domain }
      let continues = domain.isEmpty || domain.last == .dot
      if byte == .dot {
        lexer.advance()
        domain.append(.dot)
      } else if byte == UInt8(ascii: "["), continues {
        domain += lexer.domainLiteral()
      } else if byte.isAtomic, continues {
        domain += lexer.run(where: \.isAtomic)
      } else {
        return domain
      }
    }
  }

  private mutating func startGroup() {
    addresses.append(.groupStart(PendingAddress.clean(current.phrase)))
    isInGroup = true
    current.reset()
  }

  private mutating func endGroup() {
    guard isInGroup else { return }
    addresses.append(.groupEnd)
    isInGroup = false
  }

  private mutating func finishAddress() {
    defer { current.reset() }
    guard let address = current.address else { return }
    if addresses.count < limit { addresses.append(address) } else { isCapped = true }
  }
}
