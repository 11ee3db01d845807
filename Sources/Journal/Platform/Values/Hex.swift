/// Bytes written as hexadecimal digits.
public enum Hex {
  /// Two lower-case digits for each byte.
  public static func encode(_ bytes: [UInt8]) -> String {
    String(unsafeUninitializedCapacity: bytes.count * 2) { out in
      for (index, byte) in bytes.enumerated() {
        out[index * 2] = character(byte >> 4)
        out[index * 2 + 1] = character(byte)
      }
      return bytes.count * 2
    }
  }

  /// The bytes of an even number of digits in either case; nil for anything else.
  public static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count / 2)
    var upper: UInt8?
    for character in text.utf8 {
      guard let digit = digit(character) else { return nil }
      if let half = upper {
        bytes.append(half << 4 | digit)
        upper = nil
      } else {
        upper = digit
      }
    }
    return upper == nil ? bytes : nil
  }

  /// The value of one digit; nil where it is none.
  static func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// The lower-case digit of the low four bits.
  static func character(_ value: UInt8) -> UInt8 {
    let digit = value & 15
    return digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
  }
}
