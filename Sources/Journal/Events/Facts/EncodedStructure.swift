import MailFormat

/// The body structure of a message as one CBOR map, ready to be stored and decoded when asked for.
public struct EncodedStructure: Hashable, Sendable {
  /// One CBOR item.
  public let bytes: [UInt8]

  public init(_ structure: BodyStructure) {
    var writer = CBORWriter(capacity: 512)
    structure.encode(to: &writer)
    bytes = writer.bytes
  }

  /// Bytes that were stored earlier; whether they are a structure shows when they are decoded.
  public init(stored bytes: [UInt8]) {
    self.bytes = bytes
  }

  public func decoded() throws(CBORError) -> BodyStructure {
    try BodyStructure(stored: bytes.span)
  }
}

extension EncodedStructure: FieldValue {
  public static var shape: String { "structure" }

  public func encode(to writer: inout CBORWriter) { writer.encoded(bytes) }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    self.bytes = [UInt8](copying: try cursor.skip(in: bytes), of: bytes)
  }

  public func render(to json: inout JSONWriter) { json.item(bytes) }
}
