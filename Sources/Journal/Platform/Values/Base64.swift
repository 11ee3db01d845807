/// Bytes written in the base 64 alphabet, with padding. RFC 4648 §4
public enum Base64 {
  private static let alphabet = [UInt8](
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xff, count: 256)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    return values
  }()
  private static let padding = UInt8(ascii: "=")

  /// The text of `bytes`, on one line.
  public static func encode(_ bytes: [UInt8]) -> [UInt8] {
    encode(bytes.span)
  }

  /// The text of `bytes`, on one line.
  public static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
    let alphabet = alphabet
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let rest = min(3, bytes.count - index)
      var group = UInt32(bytes[index]) << 16
      if rest > 1 { group |= UInt32(bytes[index + 1]) << 8 }
      if rest > 2 { group |= UInt32(bytes[index + 2]) }
      text.append(alphabet[Int(group >> 18)])
      text.append(alphabet[Int(group >> 12 & 63)])
      text.append(rest > 1 ? alphabet[Int(group >> 6 & 63)] : padding)
      text.append(rest > 2 ? alphabet[Int(group & 63)] : padding)
      index += 3
    }
    return text
  }

  /// The text of `bytes`, on one line, as a string.
  public static func text(_ bytes: [UInt8]) -> String {
    String(decoding: encode(bytes), as: UTF8.self)
  }

  /// The bytes of a whole text.
  ///
  /// Strict, so that no two texts give the same bytes: nil for a foreign character, white space,
  /// missing or early padding, and unused bits that are not zero. RFC 4648 §3.5
  public static func decode(_ text: [UInt8]) -> [UInt8]? {
    decode(text.span)
  }

  /// The bytes of a whole text; nil where it is not strictly base 64.
  public static func decode(_ text: Span<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    guard text.count > 0 else { return [] }
    let values = values
    var padded = 0
    if text[text.count - 1] == padding { padded = text[text.count - 2] == padding ? 2 : 1 }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var group: UInt32 = 0
    for index in 0..<text.count - padded {
      let value = values[Int(text[index])]
      guard value < 64 else { return nil }
      group = group << 6 | UInt32(value)
      guard index % 4 == 3 else { continue }
      bytes.append(UInt8(truncatingIfNeeded: group >> 16))
      bytes.append(UInt8(truncatingIfNeeded: group >> 8))
      bytes.append(UInt8(truncatingIfNeeded: group))
      group = 0
    }
    return appendLast(group, padded: padded, to: &bytes) ? bytes : nil
  }

  /// The bytes of a whole text; nil where it is not strictly base 64.
  public static func decode(_ text: some StringProtocol) -> [UInt8]? {
    decode([UInt8](text.utf8))
  }

  private static func appendLast(_ group: UInt32, padded: Int, to bytes: inout [UInt8]) -> Bool {
    switch padded {
    case 1:
      bytes.append(UInt8(truncatingIfNeeded: group >> 10))
      bytes.append(UInt8(truncatingIfNeeded: group >> 2))
      return group & 3 == 0
    case 2:
      bytes.append(UInt8(truncatingIfNeeded: group >> 4))
      return group & 15 == 0
    default:
      return true
    }
  }
}
