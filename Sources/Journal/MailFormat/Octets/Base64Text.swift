/// Base64 as mail carries it. RFC 2045 §6.8
enum Base64Text {
  /// The octets that `text` stands for. Characters outside the alphabet are skipped and padding
  /// ends nothing, as RFC 2045 §6.8 wants it; bits that fill no octet are dropped.
  static func decode(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var octets: [UInt8] = []
    octets.reserveCapacity(text.count / 4 * 3 + 3)
    var bits: UInt32 = 0
    var count = 0
    for byte in text {
      guard let value = value(byte) else {
        // Padding ends a quantum; what was begun is complete.
        if byte == .equals { count = 0 }
        continue
      }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        octets.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return octets
  }

  /// The text that stands for `octets`, on one line.
  static func encode(_ octets: ArraySlice<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((octets.count + 2) / 3 * 4)
    var index = octets.startIndex
    while index < octets.endIndex {
      let rest = octets.endIndex - index
      let second = rest > 1 ? octets[index + 1] : 0
      let third = rest > 2 ? octets[index + 2] : 0
      let bits = UInt32(octets[index]) << 16 | UInt32(second) << 8 | UInt32(third)
      text.append(digit(bits >> 18))
      text.append(digit(bits >> 12))
      text.append(rest > 1 ? digit(bits >> 6) : .equals)
      text.append(rest > 2 ? digit(bits) : .equals)
      index += min(rest, 3)
    }
    return text
  }

  private static func value(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 65...90: byte - 65
    case 97...122: byte - 71
    case 48...57: byte + 4
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }

  private static func digit(_ bits: UInt32) -> UInt8 {
    switch UInt8(truncatingIfNeeded: bits & 63) {
    case let value where value < 26: value + 65
    case let value where value < 52: value + 71
    case let value where value < 62: value - 4
    case 62: UInt8(ascii: "+")
    default: UInt8(ascii: "/")
    }
  }
}
