/// Writes one JSON value, with no space between its parts. RFC 8259
///
/// Separators are put where they are due; the caller gives a key before each member of an object.
/// Text is escaped so that the result is one line of valid UTF-8 whatever the text is. Escaped as
/// well are `<`, `>` and `&`, so that it can stand in a page, and the control, line separator and
/// direction characters that could disguise it on a terminal.
public struct JSONWriter: Sendable {
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  public init() {}

  /// What was written, as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  public mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
    beginObject()
    try members(&self)
    endObject()
  }

  public mutating func array(_ elements: (inout JSONWriter) throws -> Void) rethrows {
    beginArray()
    try elements(&self)
    endArray()
  }

  public mutating func beginObject() { open(UInt8(ascii: "{")) }
  public mutating func endObject() { close(UInt8(ascii: "}")) }
  public mutating func beginArray() { open(UInt8(ascii: "[")) }
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  /// The name of the member whose value is written next.
  public mutating func key(_ name: String) {
    separate()
    quote(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// The name of the member, as JSON text with its quotes.
  mutating func key(encoded name: [UInt8]) {
    separate()
    bytes.append(contentsOf: name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  public mutating func text(_ value: String) {
    separate()
    quote(value)
  }

  public mutating func number(_ value: UInt64) { literal(String(value)) }
  public mutating func number(_ value: Int64) { literal(String(value)) }
  public mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }
  public mutating func null() { literal("null") }

  /// A fraction with three digits, such as a number of milliseconds; null where it is no number.
  public mutating func number(_ value: Double) {
    guard value.isFinite, value.magnitude < 1e15 else { return null() }
    let thousandths = Int64((value * 1000).rounded())
    let fraction = String(thousandths.magnitude % 1000 + 1000).dropFirst()
    literal((thousandths < 0 ? "-" : "") + "\(thousandths.magnitude / 1000).\(fraction)")
  }

  /// A JSON value that is written already.
  public mutating func encoded(_ value: [UInt8]) {
    separate()
    bytes.append(contentsOf: value)
  }

  private mutating func literal(_ value: String) {
    separate()
    bytes.append(contentsOf: value.utf8)
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    if text.utf8.allSatisfy({ $0 < 0x80 }) {
      for byte in text.utf8 { bytes.appendEscaped(byte) }
    } else {
      for scalar in text.unicodeScalars { bytes.appendEscaped(scalar) }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
