extension Parser {
  // astring = 1*ASTRING-CHAR / string
  mutating func astring() throws(SyntaxFailure) -> [UInt8] {
    switch try peek() {
    case OctetClass.quote, OctetClass.openLiteral: return try string()
    default: return Array(try run("expected a string", while: OctetClass.isAString))
    }
  }

  // string = quoted / literal
  mutating func string() throws(SyntaxFailure) -> [UInt8] {
    switch try peek() {
    case OctetClass.quote: return try quoted()
    case OctetClass.openLiteral: return try literal()
    default: throw .malformed("expected a string")
    }
  }

  // nstring = string / nil
  mutating func nstring() throws(SyntaxFailure) -> [UInt8]? {
    if try takeWord("NIL") { return nil }
    return try string()
  }

  // quoted = DQUOTE *QUOTED-CHAR DQUOTE; octets of 8 bits are let through, as clients send UTF-8
  mutating func quoted() throws(SyntaxFailure) -> [UInt8] {
    try expect(OctetClass.quote, "expected a quoted string")
    var value: [UInt8] = []
    while true {
      let octet = try next()
      switch octet {
      case OctetClass.quote: return value
      case OctetClass.backslash:
        let escaped = try next()
        guard escaped == OctetClass.quote || escaped == OctetClass.backslash else {
          throw .malformed("bad escape in a quoted string")
        }
        value.append(escaped)
      case 0, OctetClass.carriageReturn, OctetClass.lineFeed:
        throw .malformed("a quoted string must not contain NUL, CR or LF")
      default: value.append(octet)
      }
    }
  }

  // literal = "{" number ["+"] "}" CRLF *CHAR8; CHAR8 = %x01-ff
  mutating func literal() throws(SyntaxFailure) -> [UInt8] {
    let announced = try literalHeader()
    guard announced.octets <= UInt64(bytes.count - position) else { throw .incomplete }
    let start = position
    skip(Int(announced.octets))
    let value = Array(bytes[start..<position])
    guard !value.contains(0) else { throw .malformed("a literal must not contain NUL") }
    return value
  }

  /// Consumes a literal's announcement and its CRLF, not its octets.
  mutating func literalHeader() throws(SyntaxFailure) -> LiteralHeader {
    try expect(OctetClass.openLiteral, "expected a literal")
    let octets = try number64()
    let waits = try !take(OctetClass.plus)
    try expect(OctetClass.closeLiteral, "bad literal")
    try expect(OctetClass.carriageReturn, "a literal's octets begin on a new line")
    try expect(OctetClass.lineFeed, "a line must end with CRLF")
    return LiteralHeader(octets: octets, isSynchronizing: waits)
  }

  // tag = 1*<any ASTRING-CHAR except "+">
  mutating func tag() throws(SyntaxFailure) -> [UInt8] {
    let tag = try run("expected a tag", while: OctetClass.isTag)
    guard tag.count <= 256 else { throw .malformed("tag too long") }
    return Array(tag)
  }

  /// A keyword of the protocol.
  mutating func word() throws(SyntaxFailure) -> Word {
    let word = try run("expected a word", while: OctetClass.isAtom)
    guard word.count <= 32 else { throw .malformed("unknown word") }
    return Word(word)
  }

  // number = 1*DIGIT; 0 <= n < 4,294,967,296
  mutating func number() throws(SyntaxFailure) -> UInt32 {
    guard let number = UInt32(exactly: try number64()) else {
      throw .malformed("number too large")
    }
    return number
  }

  // nz-number
  mutating func positiveNumber() throws(SyntaxFailure) -> UInt32 {
    let number = try number()
    guard number > 0 else { throw .malformed("zero is not allowed here") }
    return number
  }

  // number64 = 1*DIGIT; 0 <= n <= 9,223,372,036,854,775,807
  mutating func number64() throws(SyntaxFailure) -> UInt64 {
    let digits = try run("expected a number", while: OctetClass.isDigit)
    guard let number = UInt64(decimal: digits), number <= UInt64(Int64.max) else {
      throw .malformed("number too large")
    }
    return number
  }

  /// Reads `( item *(SP item) )` of at most `limit` items, or `()` where `mayBeEmpty`.
  mutating func list<Item>(
    mayBeEmpty: Bool = false, atMost limit: Int,
    _ item: (inout Parser) throws(SyntaxFailure) -> Item
  ) throws(SyntaxFailure) -> [Item] {
    var items: [Item] = []
    try eachInList(mayBeEmpty: mayBeEmpty, atMost: limit) { (parser) throws(SyntaxFailure) in
      items.append(try item(&parser))
    }
    return items
  }

  /// Like `list`, for items that are put elsewhere as they are read.
  mutating func eachInList(
    mayBeEmpty: Bool = false, atMost limit: Int,
    _ item: (inout Parser) throws(SyntaxFailure) -> Void
  ) throws(SyntaxFailure) {
    try expect(OctetClass.openList, "expected a list")
    try nested { (parser) throws(SyntaxFailure) in
      if mayBeEmpty, try parser.take(OctetClass.closeList) { return }
      var count = 0
      repeat {
        count += 1
        guard count <= limit else { throw .malformed("the list is too long") }
        try item(&parser)
      } while try parser.take(OctetClass.space)
      try parser.expect(OctetClass.closeList, "expected the end of a list")
    }
  }
}

extension UInt64 {
  /// The value of decimal digits, nil where it does not fit. Every octet must be a digit.
  init?(decimal digits: ArraySlice<UInt8>) {
    var value: UInt64 = 0
    for digit in digits {
      let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, tooLargeNow) = product.addingReportingOverflow(UInt64(digit &- 0x30))
      guard !tooLarge, !tooLargeNow else { return nil }
      value = sum
    }
    self = value
  }
}
