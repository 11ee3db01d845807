import MailFormat

/// An array of two byte strings: name and value.
extension Parameter: FieldValue {
  public static var shape: String { "[name, value]" }

  public func encode(to writer: inout CBORWriter) {
    writer.array(count: 2)
    writer.octets(name)
    writer.octets(value)
  }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    let start = cursor.offset
    guard try cursor.enterArray(in: bytes) == 2 else { throw .outOfRange(at: start) }
    let name = try [UInt8](from: &cursor, in: bytes)
    let value = try [UInt8](from: &cursor, in: bytes)
    cursor.leave()
    self.init(name: name, value: value)
  }

  public func render(to json: inout JSONWriter) { json.item(stored) }
}
