extension ID: CustomStringConvertible, LosslessStringConvertible {
  /// The id written as 36 characters or as 32 hexadecimal digits, in either case; nil for all else.
  /// RFC 9562 §4
  public init?(_ text: some StringProtocol) {
    var high: UInt64 = 0
    var low: UInt64 = 0
    var digits = 0
    let isDashed = text.utf8.count == 36
    for (index, byte) in text.utf8.enumerated() {
      if isDashed, index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      guard digits < 32, let digit = Hex.digit(byte) else { return nil }
      if digits < 16 {
        high = high << 4 | UInt64(digit)
      } else {
        low = low << 4 | UInt64(digit)
      }
      digits += 1
    }
    guard digits == 32 else { return nil }
    self.init(high: high, low: low)
  }

  /// The id written as 36 characters or as 32 hexadecimal digits.
  public init?(_ description: String) {
    self.init(description[...])
  }

  /// The id as 36 lower-case characters, such as `0192f0c1-2b3c-7d4e-8f50-617283940a1b`.
  public var description: String {
    String(unsafeUninitializedCapacity: 36) { out in
      var next = 0
      for index in 0..<32 {
        if index == 8 || index == 12 || index == 16 || index == 20 {
          out[next] = UInt8(ascii: "-")
          next += 1
        }
        let word = index < 16 ? high : low
        out[next] = Hex.character(UInt8(truncatingIfNeeded: word >> UInt64(60 - index % 16 * 4)))
        next += 1
      }
      return next
    }
  }
}
