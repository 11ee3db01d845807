/// Decodes the encoded words in one field; work is in proportion to the field.
struct EncodedWordDecoder {
  private let value: [UInt8]
  private var text: [UInt8] = []
  /// Octets of adjacent words that are still to be converted, and their character set.
  private var pending: [UInt8] = []
  private var charset: Charset?

  init(_ value: [UInt8]) {
    self.value = value
  }

  mutating func decode() -> [UInt8] {
    var index = 0
    var plainStart = 0
    while index < value.count {
      guard value[index] == .equals, let word = word(at: index) else {
        index += 1
        continue
      }
      let between = value[plainStart..<index]
      if charset == nil || !between.allSatisfy(\.isBlank) {
        flush()
        text += between
      }
      if charset != word.charset { flush() }
      charset = word.charset
      pending += word.octets
      index = word.end
      plainStart = index
    }
    flush()
    text += value[plainStart...]
    return text
  }

  private mutating func flush() {
    guard let charset else { return }
    text += Unfolding.sanitize(charset.utf8(pending))
    pending.removeAll(keepingCapacity: true)
    self.charset = nil
  }

  private struct Word {
    var charset: Charset
    var octets: [UInt8]
    var end: Int
  }

  /// The encoded word at `start`, if there is one whose character set is known.
  ///
  ///     encoded-word = "=?" charset ["*" language] "?" encoding "?" encoded-text "?="
  ///
  /// RFC 2047 §2, RFC 2231 §5. The text may hold blanks and be of any length, as it often is.
  private func word(at start: Int) -> Word? {
    guard start + 1 < value.count, value[start + 1] == .question else { return nil }
    var index = start + 2
    while index < value.count, value[index].isToken { index += 1 }
    guard index + 3 < value.count, value[index] == .question, value[index + 2] == .question
    else { return nil }
    let name = value[(start + 2)..<index].prefix { $0 != .star }
    let encoding = value[index + 1].lowercased
    let textStart = index + 3
    index = textStart
    while index < value.count, value[index] != .question { index += 1 }
    guard index + 1 < value.count, value[index + 1] == .equals,
      let charset = Charset(name: Array(name))
    else { return nil }
    switch encoding {
    case UInt8(ascii: "b"):
      let octets = Base64Text.decode(value[textStart..<index])
      return Word(charset: charset, octets: octets, end: index + 2)
    case UInt8(ascii: "q"):
      let octets = EncodedWordDecoder.unquote(value[textStart..<index])
      return Word(charset: charset, octets: octets, end: index + 2)
    default:
      return nil
    }
  }

  /// Undoes the "Q" encoding. RFC 2047 §4.2
  private static func unquote(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var octets: [UInt8] = []
    octets.reserveCapacity(text.count)
    var index = text.startIndex
    while index < text.endIndex {
      let byte = text[index]
      if byte == .equals, index + 2 < text.endIndex, let high = text[index + 1].hexValue,
        let low = text[index + 2].hexValue
      {
        octets.append(high << 4 | low)
        index += 3
      } else {
        octets.append(byte == .underscore ? .space : byte)
        index += 1
      }
    }
    return octets
  }
}
