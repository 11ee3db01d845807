extension Parameter {
  /// The value as UTF-8 text on one line: percent-encoding, or encoded words where a mailer wrongly
  /// used them, undone. RFC 2231 §4, RFC 2047 §5
  ///
  /// A value in an unknown character set comes back undecoded.
  public var text: [UInt8] {
    guard name.last == .star else { return EncodedWords.decode(value) }
    guard let first = value.firstIndex(of: 39),
      let second = value[(first + 1)...].firstIndex(of: 39)
    else { return value }
    let charset = first == 0 ? Charset.utf8 : Charset(name: Array(value[..<first]))
    guard let charset else { return value }
    let octets = charset.utf8(PercentText.decode(value[(second + 1)...]))
    return Unfolding.sanitize(octets).trimmed
  }
}

extension [Parameter] {
  /// The text of the parameter called `name` (lower case, no star), its encoded form first.
  public func text(_ name: String) -> [UInt8]? {
    let plain = [UInt8](name.utf8)
    let encoded = plain + [.star]
    return (first { $0.name == encoded } ?? first { $0.name == plain })?.text
  }
}
