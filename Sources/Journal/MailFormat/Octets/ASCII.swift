/// The octets that mail grammars name, and the classes they fall into.
extension UInt8 {
  static let nul: UInt8 = 0
  static let tab: UInt8 = 9
  static let lineFeed: UInt8 = 10
  static let carriageReturn: UInt8 = 13
  static let space: UInt8 = 32
  static let quote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")
  static let dash = UInt8(ascii: "-")
  static let dot = UInt8(ascii: ".")
  static let comma = UInt8(ascii: ",")
  static let colon = UInt8(ascii: ":")
  static let semicolon = UInt8(ascii: ";")
  static let equals = UInt8(ascii: "=")
  static let question = UInt8(ascii: "?")
  static let star = UInt8(ascii: "*")
  static let percent = UInt8(ascii: "%")
  static let at = UInt8(ascii: "@")
  static let underscore = UInt8(ascii: "_")

  var isBlank: Bool { self == .space || self == .tab }
  var isDigit: Bool { self &- 48 < 10 }
  var isLetter: Bool { (self | 32) &- 97 < 26 }
  var isControl: Bool { self < 32 || self == 127 }
  /// CR, LF and NUL, which must not come out of a parsed field.
  var breaksLines: Bool { self == .carriageReturn || self == .lineFeed || self == .nul }
  var isPrintable: Bool { self > 32 && self < 127 }
  var lowercased: UInt8 { self &- 65 < 26 ? self | 32 : self }

  /// `specials` that end a word in a structured field. RFC 5322 §3.2.3
  var isSpecial: Bool {
    switch self {
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"),
      UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ":"), UInt8(ascii: ";"),
      UInt8(ascii: "@"), UInt8(ascii: "\\"), UInt8(ascii: ","), UInt8(ascii: "."),
      UInt8(ascii: "\""):
      true
    default: false
    }
  }

  /// An octet of an atom, with the octets above 127 of internationalised mail. RFC 6532 §3.2
  var isAtomic: Bool { self > 32 && self != 127 && !isSpecial }

  /// `token` of MIME: neither a control, a space nor one of `tspecials`. RFC 2045 §5.1
  var isToken: Bool {
    guard isPrintable else { return false }
    switch self {
    case UInt8(ascii: "."): return true
    case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "="): return false
    default: return !isSpecial
    }
  }

  /// The value of a hexadecimal digit, or nil.
  var hexValue: UInt8? {
    if isDigit { return self &- 48 }
    let letter = (self | 32) &- 97
    return letter < 6 ? letter + 10 : nil
  }

  /// The upper-case hexadecimal digit of a value below 16.
  static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 55 + value }
}

extension [UInt8] {
  /// The octets with ASCII letters in lower case.
  var lowercased: [UInt8] { map(\.lowercased) }
}

extension [UInt8] {
  /// The octets without blanks at either end.
  var trimmed: [UInt8] {
    guard let first = firstIndex(where: { !$0.isBlank }),
      let last = lastIndex(where: { !$0.isBlank })
    else { return [] }
    return first == 0 && last == count - 1 ? self : Array(self[first...last])
  }
}
