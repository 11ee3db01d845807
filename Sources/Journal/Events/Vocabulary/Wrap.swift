/// The data key of a message, wrapped under the key in a slot. RFC 3394
///
/// Whoever holds the slot can open the message; when the slot is destroyed this way is closed.
public struct Wrap: FieldValue {
  /// The octets of a wrapped 32-byte key.
  public static let length = 40

  public let slot: Slot
  /// Exactly `length` octets.
  public let bytes: [UInt8]

  /// Nil where `bytes` has another length.
  public init?(slot: Slot, bytes: [UInt8]) {
    guard bytes.count == Wrap.length else { return nil }
    self.slot = slot
    self.bytes = bytes
  }

  public static var shape: String { "wrap" }

  public func encode(to writer: inout CBORWriter) {
    writer.array(count: 2)
    slot.encode(to: &writer)
    writer.octets(bytes)
  }

  public init(from cursor: inout CBORCursor, in span: Span<UInt8>) throws(CBORError) {
    let start = cursor.offset
    guard try cursor.enterArray(in: span) == 2 else { throw .outOfRange(at: start) }
    let slot = try Slot(from: &cursor, in: span)
    let bytes = try [UInt8](from: &cursor, in: span)
    cursor.leave()
    guard let wrap = Wrap(slot: slot, bytes: bytes) else { throw .outOfRange(at: start) }
    self = wrap
  }

  /// A reader learns who holds the message, not the wrapped key.
  public func render(to json: inout JSONWriter) { slot.render(to: &json) }
}
