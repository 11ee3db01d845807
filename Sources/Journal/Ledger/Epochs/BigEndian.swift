/// Eight bytes, most significant first, so that keys sort as the numbers do.
func bigEndian(_ number: UInt64) -> [UInt8] {
  unsafe [UInt8](unsafeUninitializedCapacity: 8) { bytes, count in
    for index in 0..<8 {
      unsafe bytes[index] = UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64(index)))
    }
    count = 8
  }
}

/// The number of up to eight bytes, most significant first.
func number(bigEndian bytes: ArraySlice<UInt8>) -> UInt64 {
  bytes.reduce(0) { $0 << 8 | UInt64($1) }
}

/// The number in the first eight bytes of a key; nil where they are not exactly eight.
func number(bigEndian key: RawSpan) -> UInt64? {
  guard key.byteCount == 8 else { return nil }
  return unsafe UInt64(bigEndian: key.unsafeLoadUnaligned(as: UInt64.self))
}
