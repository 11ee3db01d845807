/// Bytes of responses under construction, always well-formed whatever the values contain.
///
/// Nothing a message, a mailbox name or a client said can end a line, close a string or begin a
/// response: values become atoms only where every octet allows it, else quoted strings, else
/// literals. RFC 3501 §4
struct ResponseWriter {
  /// Quoted strings longer than this are sent as literals.
  static let longestQuoted = 1_000

  private(set) var octets: [UInt8] = []

  var count: Int { octets.count }

  /// Gives the bytes written so far away and begins anew.
  mutating func take() -> [UInt8] {
    var taken: [UInt8] = []
    swap(&taken, &octets)
    return taken
  }

  /// Protocol text, written as it is. Never anything that came from outside.
  mutating func raw(_ text: StaticString) {
    text.withUTF8Buffer { unsafe octets.append(contentsOf: $0) }
  }

  mutating func space() { octets.append(OctetClass.space) }

  mutating func open() { octets.append(OctetClass.openList) }

  mutating func close() { octets.append(OctetClass.closeList) }

  mutating func endLine() {
    octets.append(OctetClass.carriageReturn)
    octets.append(OctetClass.lineFeed)
  }

  mutating func number(_ value: some BinaryInteger) {
    var value = UInt64(value)
    let start = octets.count
    repeat {
      octets.append(0x30 + UInt8(value % 10))
      value /= 10
    } while value > 0
    octets[start...].reverse()
  }

  // quoted / literal
  mutating func string(_ value: some Collection<UInt8>) {
    if value.count <= ResponseWriter.longestQuoted,
      value.allSatisfy({ $0 >= 0x20 && $0 <= 0x7E })
    {
      quoted(value)
    } else {
      literal(value)
    }
  }

  // nstring = string / nil
  mutating func nstring(_ value: [UInt8]?) {
    if let value { string(value) } else { raw("NIL") }
  }

  // astring = 1*ASTRING-CHAR / string
  mutating func astring(_ value: some Collection<UInt8>) {
    let isNil = value.count == 3 && value.map(OctetClass.upper).elementsEqual("NIL".utf8)
    if !value.isEmpty, !isNil, value.allSatisfy(OctetClass.isAString) {
      octets.append(contentsOf: value)
    } else {
      string(value)
    }
  }

  /// The announcement of a literal; exactly `count` octets must follow, with no NUL among those
  /// that come from this writer.
  mutating func literalHeader(_ count: some BinaryInteger) {
    octets.append(OctetClass.openLiteral)
    number(count)
    octets.append(OctetClass.closeLiteral)
    endLine()
  }

  /// Octets of a literal that was announced.
  mutating func literalOctets(_ bytes: some Collection<UInt8>) {
    octets.append(contentsOf: bytes)
  }

  /// Text for people at the end of a line: printable ASCII, others shown as `?`.
  mutating func text(_ text: String) {
    let visible = text.unicodeScalars.lazy.map { scalar in
      scalar.value >= 0x20 && scalar.value <= 0x7E ? UInt8(scalar.value) : UInt8(ascii: "?")
    }
    octets.append(contentsOf: visible.prefix(400))
  }

  private mutating func quoted(_ value: some Collection<UInt8>) {
    octets.append(OctetClass.quote)
    for octet in value {
      if octet == OctetClass.quote || octet == OctetClass.backslash {
        octets.append(OctetClass.backslash)
      }
      octets.append(octet)
    }
    octets.append(OctetClass.quote)
  }

  /// CHAR8 has no NUL: a space stands for it.
  private mutating func literal(_ value: some Collection<UInt8>) {
    literalHeader(value.count)
    octets.append(contentsOf: value.lazy.map { $0 == 0 ? OctetClass.space : $0 })
  }
}
