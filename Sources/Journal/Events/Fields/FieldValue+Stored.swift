extension FieldValue {
  /// The value whose CBOR item `bytes` are, and nothing else.
  public init(stored bytes: Span<UInt8>) throws(CBORError) {
    var cursor = CBORCursor()
    self = try Self(from: &cursor, in: bytes)
    guard cursor.offset == bytes.count else { throw .trailing(at: cursor.offset) }
  }

  /// The value as one CBOR item.
  public var stored: [UInt8] {
    var writer = CBORWriter()
    encode(to: &writer)
    return writer.bytes
  }
}
