import Platform

extension [UInt8] {
  /// Appends a number, its most significant byte first.
  mutating func append<Number: FixedWidthInteger>(bigEndian number: Number) {
    var shift = Number.bitWidth
    while shift > 0 {
      shift -= 8
      append(UInt8(truncatingIfNeeded: number >> Number(shift)))
    }
  }

  /// Overwrites the bytes from `offset` on with a number, its most significant byte first.
  mutating func put<Number: FixedWidthInteger>(bigEndian number: Number, at offset: Int) {
    for index in 0..<Number.bitWidth / 8 {
      self[offset + index] = UInt8(
        truncatingIfNeeded: number >> Number(Number.bitWidth - 8 - 8 * index))
    }
  }

  /// Overwrites the bytes from `offset` on.
  mutating func put(_ bytes: [UInt8], at offset: Int) {
    replaceSubrange(offset..<offset + bytes.count, with: bytes)
  }
}

extension Span<UInt8> {
  /// The number at `offset`, its most significant byte first.
  func bigEndian<Number: FixedWidthInteger>(_: Number.Type, at offset: Int) -> Number {
    var number: Number = 0
    for index in offset..<offset + Number.bitWidth / 8 {
      number = number << 8 | Number(self[index])
    }
    return number
  }

  /// The sixteen bytes at `offset` as an id.
  func id(at offset: Int) -> ID {
    ID(
      high: bigEndian(UInt64.self, at: offset), low: bigEndian(UInt64.self, at: offset + 8))
  }

  /// Whether every byte is zero.
  var isZero: Bool {
    var all: UInt8 = 0
    for index in indices { all |= self[index] }
    return all == 0
  }
}
