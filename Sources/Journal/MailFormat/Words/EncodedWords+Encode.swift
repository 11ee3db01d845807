extension EncodedWords {
  /// The longest an encoded word may be, in octets. RFC 2047 §2
  static let longestWord = 75

  /// Whether `text` can stand in an unstructured field as it is: printable ASCII and blanks, no
  /// word too long to fold, nothing that looks like an encoded word.
  static func isPlain(_ text: [UInt8]) -> Bool {
    var run = 0
    for (index, byte) in text.enumerated() {
      guard byte.isPrintable || byte.isBlank else { return false }
      run = byte.isBlank ? 0 : run + 1
      if run > longestWord { return false }
      if byte == .question, index > 0, text[index - 1] == .equals { return false }
    }
    return true
  }

  /// Encoded words that stand for `text` in UTF-8, each at most 75 octets long and none cutting a
  /// character in two. RFC 2047 §2, §5
  ///
  /// Written one after the other with blanks between them they read as `text`. The shorter of the
  /// two encodings is used. Octets that are not UTF-8 are first replaced by U+FFFD. The first word
  /// leaves room for `indent` octets before it, at most 50.
  static func words(for text: [UInt8], indent: Int) -> [[UInt8]] {
    let text = Array(String(decoding: text, as: UTF8.self).utf8)
    let escaped = text.reduce(into: 0) { $0 += isSafeInQ($1) ? 1 : 3 }
    let usesQ = escaped <= (text.count + 2) / 3 * 4
    var room = longestWord - "=?utf-8?q??=".utf8.count - min(max(indent, 0), 50)
    var words: [[UInt8]] = []
    var start = 0
    while start < text.count {
      var end = start
      var cost = 0
      while end < text.count {
        var next = end + 1
        while next < text.count, text[next] & 0xC0 == 0x80 { next += 1 }
        let grown =
          usesQ
          ? cost + text[end..<next].reduce(into: 0) { $0 += isSafeInQ($1) ? 1 : 3 }
          : (next - start + 2) / 3 * 4
        if grown > room { break }
        cost = grown
        end = next
      }
      words.append(word(text[start..<end], usesQ: usesQ))
      start = end
      room = longestWord - "=?utf-8?q??=".utf8.count
    }
    return words
  }

  private static func word(_ text: ArraySlice<UInt8>, usesQ: Bool) -> [UInt8] {
    var word = Array((usesQ ? "=?utf-8?q?" : "=?utf-8?b?").utf8)
    if usesQ {
      for byte in text {
        if byte == .space {
          word.append(.underscore)
        } else if isSafeInQ(byte) {
          word.append(byte)
        } else {
          word += [.equals, .hexDigit(byte >> 4), .hexDigit(byte & 15)]
        }
      }
    } else {
      word += Base64Text.encode(text)
    }
    return word + [.question, .equals]
  }

  /// What may stand for itself wherever an encoded word may, phrases included. RFC 2047 §5 (3)
  private static func isSafeInQ(_ byte: UInt8) -> Bool {
    switch byte {
    case .space, UInt8(ascii: "!"), .star, UInt8(ascii: "+"), .dash, UInt8(ascii: "/"): true
    default: byte.isDigit || byte.isLetter
    }
  }
}
