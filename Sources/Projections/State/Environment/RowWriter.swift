import Platform

/// Puts the fields of a row or key together: fixed widths, big endian, no tags.
///
/// Each file that declares a row documents its layout. A layout may change with any release,
/// because rows are folded anew from the journal; `StateTables.format` changes with it.
struct RowWriter {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int = 64) { bytes.reserveCapacity(capacity) }

  /// Begins again, with the room it has.
  mutating func clear() { bytes.removeAll(keepingCapacity: true) }

  mutating func uint8(_ value: UInt8) { bytes.append(value) }

  mutating func uint16(_ value: UInt16) {
    bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    bytes.append(UInt8(truncatingIfNeeded: value))
  }

  mutating func uint32(_ value: UInt32) {
    unsafe withUnsafeBytes(of: value.bigEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  mutating func uint64(_ value: UInt64) {
    unsafe withUnsafeBytes(of: value.bigEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  mutating func id(_ value: ID) { value.append(to: &bytes) }

  mutating func time(_ value: Timestamp) { uint64(UInt64(bitPattern: value.microseconds)) }

  mutating func raw(_ value: some Collection<UInt8>) { bytes.append(contentsOf: value) }

  /// At most 65,535 octets, after their number in two.
  mutating func short(_ value: some Collection<UInt8>) {
    uint16(UInt16(value.count))
    raw(value)
  }

  /// Octets after their number in four.
  mutating func long(_ value: [UInt8]) {
    uint32(UInt32(value.count))
    raw(value)
  }
}
