/// Which octets may stand where in IMAP's grammar. RFC 3501 §9
enum OctetClass {
  static let space: UInt8 = 0x20
  static let quote: UInt8 = 0x22
  static let backslash: UInt8 = 0x5C
  static let openList: UInt8 = 0x28
  static let closeList: UInt8 = 0x29
  static let openLiteral: UInt8 = 0x7B
  static let closeLiteral: UInt8 = 0x7D
  static let openSection: UInt8 = 0x5B
  static let closeSection: UInt8 = 0x5D
  static let star: UInt8 = 0x2A
  static let plus: UInt8 = 0x2B
  static let percent: UInt8 = 0x25
  static let tilde: UInt8 = 0x7E
  static let dot: UInt8 = 0x2E
  static let slash: UInt8 = 0x2F
  static let colon: UInt8 = 0x3A
  static let comma: UInt8 = 0x2C
  static let minus: UInt8 = 0x2D
  static let less: UInt8 = 0x3C
  static let greater: UInt8 = 0x3E
  static let ampersand: UInt8 = 0x26
  static let carriageReturn: UInt8 = 0x0D
  static let lineFeed: UInt8 = 0x0A

  /// ATOM-CHAR: any CHAR except `( ) { SP CTL % * " \ ]`.
  static func isAtom(_ octet: UInt8) -> Bool {
    guard octet > 0x20, octet < 0x7F else { return false }
    switch octet {
    case openList, closeList, openLiteral, percent, star, quote, backslash, closeSection:
      return false
    default: return true
    }
  }

  /// ASTRING-CHAR: ATOM-CHAR or `]`.
  static func isAString(_ octet: UInt8) -> Bool { isAtom(octet) || octet == closeSection }

  /// list-char: ATOM-CHAR, `%`, `*` or `]`.
  static func isList(_ octet: UInt8) -> Bool {
    isAString(octet) || octet == percent || octet == star
  }

  /// A character of a tag: ASTRING-CHAR except `+`.
  static func isTag(_ octet: UInt8) -> Bool { isAString(octet) && octet != plus }

  static func isDigit(_ octet: UInt8) -> Bool { octet >= 0x30 && octet <= 0x39 }

  /// The ASCII letter in upper case; other octets unchanged.
  static func upper(_ octet: UInt8) -> UInt8 {
    octet >= 0x61 && octet <= 0x7A ? octet &- 0x20 : octet
  }
}
