import MailFormat

/// The envelope of a message as one CBOR map, ready to be stored and decoded when asked for.
public struct EncodedEnvelope: Hashable, Sendable {
  /// One CBOR item.
  public let bytes: [UInt8]

  public init(_ envelope: Envelope) {
    var writer = CBORWriter(capacity: 512)
    envelope.encode(to: &writer)
    bytes = writer.bytes
  }

  /// Bytes that were stored earlier; whether they are an envelope shows when they are decoded.
  public init(stored bytes: [UInt8]) {
    self.bytes = bytes
  }

  public func decoded() throws(CBORError) -> Envelope {
    try Envelope(stored: bytes.span)
  }
}

extension EncodedEnvelope: FieldValue {
  public static var shape: String { "envelope" }

  public func encode(to writer: inout CBORWriter) { writer.encoded(bytes) }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    self.bytes = [UInt8](copying: try cursor.skip(in: bytes), of: bytes)
  }

  public func render(to json: inout JSONWriter) { json.item(bytes) }
}
