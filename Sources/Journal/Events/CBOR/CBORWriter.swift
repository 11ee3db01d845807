import Platform

/// Writes deterministic CBOR: shortest arguments, definite lengths. RFC 8949 §4.2.1
///
/// Map keys are written in the order in which the caller gives them, and the caller gives them in
/// the bytewise order of their encodings: for text keys the shorter first, then alphabetically.
public struct CBORWriter: Sendable {
  public internal(set) var bytes: [UInt8] = []
  /// The pairs written so far in the innermost map that `map(_:)` began.
  private var pairs: UInt8 = 0

  public init(capacity: Int = 0) {
    bytes.reserveCapacity(capacity)
  }

  /// Begins again, in the same memory.
  mutating func clear() {
    bytes.removeAll(keepingCapacity: true)
    pairs = 0
  }

  /// An integer from 0 up.
  public mutating func unsigned(_ value: UInt64) {
    head(CBORMajor.unsigned, value)
  }

  /// An integer of either sign.
  public mutating func integer(_ value: Int64) {
    if value >= 0 {
      head(CBORMajor.unsigned, UInt64(value))
    } else {
      head(CBORMajor.negative, UInt64(~value))
    }
  }

  public mutating func octets(_ value: [UInt8]) {
    head(CBORMajor.bytes, UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  public mutating func text(_ value: String) {
    let utf8 = value.utf8
    head(CBORMajor.text, UInt64(utf8.count))
    bytes.append(contentsOf: utf8)
  }

  /// A text known at compile time, such as a map key.
  public mutating func text(_ value: StaticString) {
    head(CBORMajor.text, UInt64(value.utf8CodeUnitCount))
    bytes.append(value)
  }

  public mutating func bool(_ value: Bool) {
    head(CBORMajor.simple, value ? CBORMajor.true : CBORMajor.false)
  }

  public mutating func null() {
    head(CBORMajor.simple, CBORMajor.null)
  }

  /// The start of an array; `count` items follow.
  public mutating func array(count: Int) {
    head(CBORMajor.array, UInt64(count))
  }

  /// The start of a map; `count` pairs of a key and a value follow, in bytewise order of the keys.
  public mutating func map(count: Int) {
    head(CBORMajor.map, UInt64(count))
  }

  /// A map of the pairs that `fields` writes with `pair`, which are fewer than 24.
  public mutating func map(_ fields: (inout CBORWriter) -> Void) {
    let (start, outer) = beginMap()
    fields(&self)
    endMap(start, outer)
  }

  /// A key and its value.
  public mutating func pair(_ name: StaticString, _ value: some FieldValue) {
    text(name)
    value.encode(to: &self)
    pairs += 1
  }

  /// A key and its value, or nothing where there is no value.
  public mutating func pair(_ name: StaticString, _ value: (some FieldValue)?) {
    if let value { pair(name, value) }
  }

  /// The start of a map of fewer than 24 pairs; `endMap` writes their number where it belongs.
  mutating func beginMap() -> (start: Int, outer: UInt8) {
    let state = (bytes.count, pairs)
    bytes.append(CBORMajor.map << 5)
    pairs = 0
    return state
  }

  /// Ends the map that began at `start`.
  mutating func endMap(_ start: Int, _ outer: UInt8) {
    precondition(pairs < 24, "a map with a head of one byte has at most 23 pairs")
    bytes[start] |= pairs
    pairs = outer
  }

  /// One item that is encoded already.
  public mutating func encoded(_ item: [UInt8]) {
    bytes.append(contentsOf: item)
  }

  /// An id, sixteen bytes, as a byte string.
  mutating func id(_ value: ID) {
    bytes.append(CBORMajor.bytes << 5 | 16)
    value.append(to: &bytes)
  }

  /// Four octets as a byte string.
  mutating func checksum(_ value: UInt32) {
    bytes.append(CBORMajor.bytes << 5 | 4)
    bigEndian(UInt64(value), width: 4)
  }

  @inline(__always)
  private mutating func head(_ major: UInt8, _ argument: UInt64) {
    if argument < 24 {
      bytes.append(major << 5 | UInt8(truncatingIfNeeded: argument))
    } else {
      longHead(major, argument)
    }
  }

  private mutating func longHead(_ major: UInt8, _ argument: UInt64) {
    switch argument {
    case 0...0xFF:
      bytes.append(major << 5 | 24)
      bytes.append(UInt8(argument))
    case 0...0xFFFF:
      bytes.append(major << 5 | 25)
      bigEndian(argument, width: 2)
    case 0...0xFFFF_FFFF:
      bytes.append(major << 5 | 26)
      bigEndian(argument, width: 4)
    default:
      bytes.append(major << 5 | 27)
      bigEndian(argument, width: 8)
    }
  }

  private mutating func bigEndian(_ value: UInt64, width: Int) {
    var shift = width * 8
    while shift > 0 {
      shift -= 8
      bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
    }
  }
}
