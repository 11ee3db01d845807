/// The numbers of one keyword in two mailboxes.
public struct KeywordPair: Hashable, Sendable {
  public var from: Keyword
  public var to: Keyword

  public init(from: Keyword, to: Keyword) {
    self.from = from
    self.to = to
  }
}

extension KeywordPair: FieldValue {
  public static var shape: String { "[from uint, to uint]" }

  public func encode(to writer: inout CBORWriter) {
    writer.array(count: 2)
    from.encode(to: &writer)
    to.encode(to: &writer)
  }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    let start = cursor.offset
    guard try cursor.enterArray(in: bytes) == 2 else { throw .outOfRange(at: start) }
    from = try Keyword(from: &cursor, in: bytes)
    to = try Keyword(from: &cursor, in: bytes)
    cursor.leave()
  }

  public func render(to json: inout JSONWriter) {
    json.array { json in
      from.render(to: &json)
      to.render(to: &json)
    }
  }
}
