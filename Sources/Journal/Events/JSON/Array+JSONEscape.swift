extension [UInt8] {
  private static let hexDigits = Array("0123456789abcdef".utf8)

  /// Appends one ASCII character as it stands inside a JSON string. RFC 8259 §7
  mutating func appendEscaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      append(UInt8(ascii: "\\"))
      append(byte)
    case UInt8(ascii: "\n"): append(contentsOf: "\\n".utf8)
    case UInt8(ascii: "\r"): append(contentsOf: "\\r".utf8)
    case UInt8(ascii: "\t"): append(contentsOf: "\\t".utf8)
    case 0..<0x20, 0x7F, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
      append(contentsOf: "\\u00".utf8)
      append(Self.hexDigits[Int(byte >> 4)])
      append(Self.hexDigits[Int(byte & 15)])
    default: append(byte)
    }
  }

  /// Appends one character as it stands inside a JSON string. RFC 8259 §7
  mutating func appendEscaped(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0..<0x80:
      appendEscaped(UInt8(scalar.value))
    case 0x80..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
      append(contentsOf: "\\u".utf8)
      for shift in [12, 8, 4, 0] as [UInt32] {
        append(Self.hexDigits[Int(scalar.value >> shift & 15)])
      }
    default: append(contentsOf: String(scalar).utf8)
    }
  }
}
