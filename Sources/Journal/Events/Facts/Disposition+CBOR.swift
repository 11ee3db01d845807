import MailFormat

/// An array of two: the kind and the list of parameters.
extension Disposition: FieldValue {
  public static var shape: String { "[kind, parameters]" }

  public func encode(to writer: inout CBORWriter) {
    writer.array(count: 2)
    writer.octets(kind)
    parameters.encode(to: &writer)
  }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    let start = cursor.offset
    guard try cursor.enterArray(in: bytes) == 2 else { throw .outOfRange(at: start) }
    let kind = try [UInt8](from: &cursor, in: bytes)
    let parameters = try [Parameter](from: &cursor, in: bytes)
    cursor.leave()
    self.init(kind: kind, parameters: parameters)
  }

  public func render(to json: inout JSONWriter) { json.item(stored) }
}
