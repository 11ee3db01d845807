/// Recipients of a spool entry that were admitted.
public struct AdmittedEntry: Hashable, Sendable {
  public var entry: Position
  /// Their numbers in the entry.
  public var recipients: [UInt64]

  public init(_ entry: Position, _ recipients: [UInt64]) {
    self.entry = entry
    self.recipients = recipients
  }
}

extension AdmittedEntry: FieldValue {
  public static var shape: String { "[position, [number]]" }

  public func encode(to writer: inout CBORWriter) {
    writer.array(count: 2)
    entry.encode(to: &writer)
    recipients.encode(to: &writer)
  }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    let start = cursor.offset
    guard try cursor.enterArray(in: bytes) == 2 else { throw .outOfRange(at: start) }
    entry = try Position(from: &cursor, in: bytes)
    recipients = try [UInt64](from: &cursor, in: bytes)
    cursor.leave()
  }

  public func render(to json: inout JSONWriter) {
    json.array { json in
      entry.render(to: &json)
      recipients.render(to: &json)
    }
  }
}
