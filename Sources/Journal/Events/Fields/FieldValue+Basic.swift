extension UInt64: FieldValue {
  public static var shape: String { "uint" }

  public func encode(to writer: inout CBORWriter) { writer.unsigned(self) }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    self = try cursor.unsigned(in: bytes)
  }

  public func render(to json: inout JSONWriter) { json.number(self) }
}

extension UInt32: FieldValue {
  public static var shape: String { "uint" }

  public func encode(to writer: inout CBORWriter) { writer.unsigned(UInt64(self)) }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    let start = cursor.offset
    guard let value = UInt32(exactly: try cursor.unsigned(in: bytes)) else {
      throw .outOfRange(at: start)
    }
    self = value
  }

  public func render(to json: inout JSONWriter) { json.number(UInt64(self)) }
}

extension Bool: FieldValue {
  public static var shape: String { "bool" }

  public func encode(to writer: inout CBORWriter) { writer.bool(self) }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    self = try cursor.bool(in: bytes)
  }

  public func render(to json: inout JSONWriter) { json.bool(self) }
}

extension String: FieldValue {
  public static var shape: String { "text" }

  public func encode(to writer: inout CBORWriter) { writer.text(self) }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    let start = cursor.offset
    let range = try cursor.text(in: bytes)
    guard let text = String(utf8: range, in: bytes) else { throw .notText(at: start) }
    self = text
  }

  public func render(to json: inout JSONWriter) { json.text(self) }
}

/// A single octet occurs in no event; a list of them is a byte string.
extension UInt8: FieldValue {
  public static var shape: String { "uint" }
  public static var listShape: String { "bytes" }

  public func encode(to writer: inout CBORWriter) { writer.unsigned(UInt64(self)) }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    let start = cursor.offset
    guard let value = UInt8(exactly: try cursor.unsigned(in: bytes)) else {
      throw .outOfRange(at: start)
    }
    self = value
  }

  public func render(to json: inout JSONWriter) { json.number(UInt64(self)) }

  public static func encodeList(_ list: [UInt8], to writer: inout CBORWriter) {
    writer.octets(list)
  }

  public static func decodeList(
    from cursor: inout CBORCursor, in bytes: Span<UInt8>
  ) throws(CBORError) -> [UInt8] {
    let range = try cursor.octets(in: bytes)
    return [UInt8](copying: range, of: bytes)
  }

  public static func renderList(_ list: [UInt8], to json: inout JSONWriter) {
    json.octets(list)
  }
}

extension Array: FieldValue where Element: FieldValue {
  public static var shape: String { Element.listShape }

  public func encode(to writer: inout CBORWriter) { Element.encodeList(self, to: &writer) }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    self = try Element.decodeList(from: &cursor, in: bytes)
  }

  public func render(to json: inout JSONWriter) { Element.renderList(self, to: &json) }
}
