/// A type around another, such as a UID or a mode, is coded as what it wraps.
extension FieldValue where Self: RawRepresentable, RawValue: FieldValue {
  public static var shape: String { RawValue.shape }

  public func encode(to writer: inout CBORWriter) { rawValue.encode(to: &writer) }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    let start = cursor.offset
    let raw = try RawValue(from: &cursor, in: bytes)
    guard let value = Self(rawValue: raw) else { throw .outOfRange(at: start) }
    self = value
  }

  public func render(to json: inout JSONWriter) { rawValue.render(to: &json) }
}
