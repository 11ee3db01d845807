/// Octets written as `%XX` in parameters. RFC 2231 §4
enum PercentText {
  static func decode(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var octets: [UInt8] = []
    octets.reserveCapacity(text.count)
    var index = text.startIndex
    while index < text.endIndex {
      if text[index] == .percent, index + 2 < text.endIndex, let high = text[index + 1].hexValue,
        let low = text[index + 2].hexValue
      {
        octets.append(high << 4 | low)
        index += 3
      } else {
        octets.append(text[index])
        index += 1
      }
    }
    return octets
  }

  /// Letters, digits and a few marks stand for themselves: `attribute-char`. RFC 2231 §7
  static func encode(_ octets: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(octets.count)
    for byte in octets {
      if byte.isDigit || byte.isLetter || byte == .dash || byte == .dot || byte == .underscore {
        text.append(byte)
      } else {
        text += [.percent, .hexDigit(byte >> 4), .hexDigit(byte & 15)]
      }
    }
    return text
  }
}
