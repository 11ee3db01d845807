/// A cursor over the bytes of one command, literals included, that reads IMAP's tokens.
///
/// Every method either consumes what it names or throws; what it throws tells whether more bytes
/// could help. It never traps on any input, never looks past the bytes and runs in linear time.
struct Parser {
  /// How deeply lists and search keys may nest.
  static let deepest = 100

  let bytes: [UInt8]
  private(set) var position = 0
  /// Lists and search keys that are open at the cursor.
  private(set) var depth = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  /// The octet at the cursor, not consumed.
  func peek() throws(SyntaxFailure) -> UInt8 {
    guard position < bytes.count else { throw .incomplete }
    return bytes[position]
  }

  /// Consumes one octet.
  mutating func next() throws(SyntaxFailure) -> UInt8 {
    let octet = try peek()
    position += 1
    return octet
  }

  /// Consumes `octet` where it stands at the cursor; tells whether it did.
  mutating func take(_ octet: UInt8) throws(SyntaxFailure) -> Bool {
    guard try peek() == octet else { return false }
    position += 1
    return true
  }

  /// Consumes `octet`, which must stand at the cursor.
  mutating func expect(_ octet: UInt8, _ why: String) throws(SyntaxFailure) {
    guard try take(octet) else { throw .malformed(why) }
  }

  mutating func space() throws(SyntaxFailure) {
    try expect(OctetClass.space, "expected a space")
  }

  /// Consumes the CRLF that ends the command, with nothing behind it.
  mutating func end() throws(SyntaxFailure) {
    try expect(OctetClass.carriageReturn, "unexpected text at the end of the command")
    try expect(OctetClass.lineFeed, "a line must end with CRLF")
    guard isAtEnd else { throw .malformed("text behind the command") }
  }

  /// Whether the command's CRLF stands at the cursor.
  func isAtLineEnd() throws(SyntaxFailure) -> Bool {
    try peek() == OctetClass.carriageReturn
  }

  /// Consumes octets while `accept` holds. At least one must; the one behind them must be there,
  /// so that a token cut in two is `incomplete` and never a shorter token.
  mutating func run(
    _ why: String, while accept: (UInt8) -> Bool
  ) throws(SyntaxFailure) -> ArraySlice<UInt8> {
    let start = position
    while try accept(peek()) { position += 1 }
    guard position > start else { throw .malformed(why) }
    return bytes[start..<position]
  }

  /// Consumes `text`, in any case of its letters, where it stands at the cursor as a whole word;
  /// tells whether it did. `text` is in upper case.
  mutating func takeWord(_ text: StaticString) throws(SyntaxFailure) -> Bool {
    let start = position
    guard OctetClass.isAtom(try peek()) else { return false }
    let word = try run("expected a word", while: OctetClass.isAtom)
    guard Word(word) == Word(text) else {
      position = start
      return false
    }
    return true
  }

  /// Counts one level of nesting while `body` reads what is inside.
  mutating func nested<Value>(
    _ body: (inout Parser) throws(SyntaxFailure) -> Value
  ) throws(SyntaxFailure) -> Value {
    guard depth < Parser.deepest else { throw .malformed("nested too deeply") }
    depth += 1
    let value = try body(&self)
    depth -= 1
    return value
  }

  /// Skips `count` octets that are known to be there.
  mutating func skip(_ count: Int) { position = min(position + count, bytes.count) }
}
