/// Text as SEARCH compares it: UTF-8, lower case, composed. RFC 3501 §6.4.4
///
/// ASCII takes a quick way; what is not UTF-8 compares as U+FFFD.
enum FoldedText {
  static func fold(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(where: { $0 > 0x7F }) else { return text.map(lower) }
    let lowered = String(decoding: text, as: UTF8.self).lowercased()
    return Array(lowered._nfcCodeUnits)
  }

  static func lower(_ octet: UInt8) -> UInt8 {
    octet >= 0x41 && octet <= 0x5A ? octet | 0x20 : octet
  }
}
