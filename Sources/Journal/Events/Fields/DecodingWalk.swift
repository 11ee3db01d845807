/// Reads the fields of a payload out of its public map and, where it could be opened, its personal
/// map, in one pass over each.
struct DecodingWalk: FieldWalker {
  private let record: [UInt8]
  private var publicMap: CBORMap
  private let opened: [UInt8]
  private var personalMap: CBORMap?

  /// - Parameters:
  ///   - record: holds the public map, which starts at `offset`.
  ///   - personal: the opened personal map, or nil where it stays sealed.
  init(_ record: [UInt8], at offset: Int, personal: [UInt8]?) throws(DecodingFailure) {
    self.record = record
    opened = personal ?? []
    do {
      publicMap = try CBORMap(CBORCursor(at: offset), in: record.span)
      if let personal { personalMap = try CBORMap(CBORCursor(), in: personal.span) }
    } catch {
      throw .damaged(error)
    }
  }

  mutating func `public`<Value: FieldValue>(
    _ name: StaticString, _ value: inout Value
  ) throws(DecodingFailure) {
    var found: Value?
    try `public`(name, &found)
    guard let found else { throw .missing(field: name.description) }
    value = found
  }

  mutating func `public`<Value: FieldValue>(
    _ name: StaticString, _ value: inout Value?
  ) throws(DecodingFailure) {
    var map = publicMap
    value = try map.value(name, in: record.span)
    publicMap = map
  }

  mutating func personal<Value: FieldValue>(
    _ name: StaticString, _ value: inout Personal<Value>
  ) throws(DecodingFailure) {
    guard var map = personalMap else {
      value = .erased
      return
    }
    value = Personal(try map.value(name, in: opened.span))
    personalMap = map
  }

  mutating func secret(_ name: StaticString, _ slot: inout Slot) throws(DecodingFailure) {
    try `public`(name, &slot)
  }

  mutating func secret(_ name: StaticString, _ slot: inout Slot?) throws(DecodingFailure) {
    try `public`(name, &slot)
  }
}

extension CBORMap {
  /// The value of `name`, or nil where the map has none.
  mutating func value<Value: FieldValue>(
    _ name: StaticString, in bytes: Span<UInt8>
  ) throws(DecodingFailure) -> Value? {
    do { return try optional(name, in: bytes) } catch {
      throw .malformed(field: name.description, error)
    }
  }
}
