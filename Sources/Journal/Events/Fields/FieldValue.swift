import Platform

/// What a field of an event can hold: one CBOR item with one way to write, read and show it.
///
/// Reading gives back exactly what was written, and writing what was read gives the same bytes.
public protocol FieldValue: Hashable, Sendable {
  /// What the documentation calls it, such as `uint`, `id` or `list of text`.
  static var shape: String { get }

  func encode(to writer: inout CBORWriter)

  init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError)

  /// Writes the value as one JSON value.
  func render(to json: inout JSONWriter)

  /// Appends the ids of the things that the value names.
  func collect(into entities: inout [ID])

  // How a list of these is coded: an array, except that a list of octets is a byte string.
  static var listShape: String { get }
  static func encodeList(_ list: [Self], to writer: inout CBORWriter)
  static func decodeList(
    from cursor: inout CBORCursor, in bytes: Span<UInt8>
  ) throws(CBORError) -> [Self]
  static func renderList(_ list: [Self], to json: inout JSONWriter)
}

extension FieldValue {
  public func collect(into entities: inout [ID]) {}

  public static var listShape: String { "list of \(shape)" }

  public static func encodeList(_ list: [Self], to writer: inout CBORWriter) {
    writer.array(count: list.count)
    for element in list { element.encode(to: &writer) }
  }

  public static func decodeList(
    from cursor: inout CBORCursor, in bytes: Span<UInt8>
  ) throws(CBORError) -> [Self] {
    let count = try cursor.enterArray(in: bytes)
    var list: [Self] = []
    // The count is what the bytes could hold, which for hostile bytes is more than they do.
    list.reserveCapacity(min(count, 64))
    for _ in 0..<count { list.append(try Self(from: &cursor, in: bytes)) }
    cursor.leave()
    return list
  }

  public static func renderList(_ list: [Self], to json: inout JSONWriter) {
    json.array { json in
      for element in list { element.render(to: &json) }
    }
  }
}
