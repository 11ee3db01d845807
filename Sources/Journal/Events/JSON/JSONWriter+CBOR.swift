import Platform

extension JSONWriter {
  /// Any CBOR item as a JSON value: byte strings as text where they are UTF-8, else as base64.
  /// What is not CBOR becomes `{"malformed": "<hexadecimal digits>"}`.
  public mutating func item(_ bytes: [UInt8]) {
    item(bytes.span)
  }

  /// Any CBOR item as a JSON value.
  public mutating func item(_ bytes: Span<UInt8>) {
    var attempt = JSONWriter()
    var cursor = CBORCursor()
    do {
      try attempt.item(&cursor, in: bytes)
      encoded(attempt.bytes)
    } catch {
      object { json in json.member("malformed", Hex.encode([UInt8](copying: bytes))) }
    }
  }

  /// The item at `cursor`, which then stands behind it.
  mutating func item(_ cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    var probe = cursor
    let head = try probe.head(in: bytes)
    switch head.major {
    case CBORMajor.unsigned: number(try cursor.unsigned(in: bytes))
    case CBORMajor.negative: try negative(head.argument, &cursor, in: bytes)
    case CBORMajor.bytes: octets([UInt8](copying: try cursor.octets(in: bytes), of: bytes))
    case CBORMajor.text: text(try String(from: &cursor, in: bytes))
    case CBORMajor.array:
      beginArray()
      for _ in 0..<(try cursor.enterArray(in: bytes)) { try item(&cursor, in: bytes) }
      cursor.leave()
      endArray()
    case CBORMajor.map: try members(&cursor, in: bytes)
    default:
      if cursor.skippedNull(in: bytes) { null() } else { bool(try cursor.bool(in: bytes)) }
    }
  }

  /// An integer below zero, which may be below what `Int64` holds.
  private mutating func negative(
    _ argument: UInt64, _ cursor: inout CBORCursor, in bytes: Span<UInt8>
  ) throws(CBORError) {
    guard argument > UInt64(Int64.max) else { return number(try cursor.integer(in: bytes)) }
    try cursor.skip(in: bytes)
    encoded(Array("-\(Int128(argument) + 1)".utf8))
  }

  private mutating func members(
    _ cursor: inout CBORCursor, in bytes: Span<UInt8>
  ) throws(CBORError) {
    beginObject()
    for _ in 0..<(try cursor.enterMap(in: bytes)) {
      // JSON knows text keys only; any other key shows as the JSON it would be.
      var name = JSONWriter()
      var probe = cursor
      try name.item(&cursor, in: bytes)
      if try probe.head(in: bytes).major == CBORMajor.text {
        key(encoded: name.bytes)
      } else {
        key(name.text)
      }
      try item(&cursor, in: bytes)
    }
    cursor.leave()
    endObject()
  }
}
