/// The character classes of the SMTP grammar. RFC 5321 §4.1.2
enum Octet {
  static func isDigit(_ octet: UInt8) -> Bool { octet &- 0x30 < 10 }

  static func isLetter(_ octet: UInt8) -> Bool { (octet | 0x20) &- 0x61 < 26 }

  /// `atext` of RFC 5322 §3.2.3, and every octet of a UTF-8 sequence. RFC 6531 §3.3
  static func isAtomText(_ octet: UInt8) -> Bool {
    if isLetter(octet) || isDigit(octet) || octet >= 0x80 { return true }
    switch octet {
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
      UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "?"),
      UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "{"),
      UInt8(ascii: "|"), UInt8(ascii: "}"), UInt8(ascii: "~"):
      return true
    default:
      return false
    }
  }

  static func isDomainText(_ octet: UInt8) -> Bool {
    isLetter(octet) || isDigit(octet) || octet == UInt8(ascii: "-") || octet >= 0x80
  }

  static func uppercased(_ octet: UInt8) -> UInt8 { octet &- 0x61 < 26 ? octet & 0xDF : octet }

  static func hexValue(_ octet: UInt8) -> UInt8? {
    if isDigit(octet) { return octet - 0x30 }
    // xtext is written with capital letters only. RFC 3461 §4
    if octet &- 0x41 < 6 { return octet - 0x41 + 10 }
    return nil
  }
}
