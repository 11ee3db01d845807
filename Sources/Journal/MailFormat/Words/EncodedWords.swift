/// Text of other languages inside ASCII header fields. RFC 2047
public enum EncodedWords {
  /// The value of a field as UTF-8 text.
  ///
  /// Blanks between adjacent words vanish, and adjacent words of one character set are decoded as
  /// one, because mailers do cut characters in two. What is not an encoded word, or is one of an
  /// unknown character set or encoding, stays as it is. CR, LF and NUL that come out of a word
  /// become spaces, so that the text stays on one line.
  public static func decode(_ value: [UInt8]) -> [UInt8] {
    var decoder = EncodedWordDecoder(value)
    return decoder.decode()
  }
}
