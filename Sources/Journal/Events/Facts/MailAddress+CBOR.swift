import MailFormat

/// An array of four byte strings, or nulls: name, route, mailbox, host.
extension MailAddress: FieldValue {
  public static var shape: String { "[name, route, mailbox, host]" }

  public func encode(to writer: inout CBORWriter) {
    writer.array(count: 4)
    for part in [name, route, mailbox, host] {
      if let part { writer.octets(part) } else { writer.null() }
    }
  }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    let start = cursor.offset
    guard try cursor.enterArray(in: bytes) == 4 else { throw .outOfRange(at: start) }
    self.init()
    name = try MailAddress.part(&cursor, in: bytes)
    route = try MailAddress.part(&cursor, in: bytes)
    mailbox = try MailAddress.part(&cursor, in: bytes)
    host = try MailAddress.part(&cursor, in: bytes)
    cursor.leave()
  }

  private static func part(
    _ cursor: inout CBORCursor, in bytes: Span<UInt8>
  ) throws(CBORError) -> [UInt8]? {
    if cursor.skippedNull(in: bytes) { return nil }
    return try [UInt8](from: &cursor, in: bytes)
  }

  public func render(to json: inout JSONWriter) { json.item(stored) }
}
