import MailFormat

/// The character set in which a client wrote its search texts. RFC 3501 §6.4.4
struct SearchCharset: Hashable, Sendable {
  private let charset: Charset

  /// What a client means that names none: ASCII, or in practice UTF-8.
  static let standard = SearchCharset(charset: .utf8)

  private init(charset: Charset) { self.charset = charset }

  /// Nil where the set is not known.
  init?(name: [UInt8]) {
    guard let charset = Charset(name: name) else { return nil }
    self.charset = charset
  }

  /// `text` as it is compared.
  func folded(_ text: [UInt8]) -> [UInt8] { FoldedText.fold(charset.utf8(text)) }
}
