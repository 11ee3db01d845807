/// Writes addresses in the syntax of header fields. RFC 5322 §3.4
enum AddressWriter {
  /// Room in front of a phrase for the longest name of an address field, `Resent-Reply-To: `.
  private static let fieldName = 17

  /// The words of an address or of the name that opens a group; a field may fold between them.
  static func words(_ address: MailAddress) -> [[UInt8]] {
    guard let host = address.host else { return phrase(address.mailbox ?? []) }
    let specification = local(address.mailbox ?? []) + domain(host)
    guard let name = address.name, !name.isEmpty else { return [specification] }
    return phrase(name) + [[UInt8(ascii: "<")] + specification + [UInt8(ascii: ">")]]
  }

  /// A display name: atoms, or a quoted string, or encoded words. RFC 5322 §3.2.5, RFC 2047 §5
  static func phrase(_ text: [UInt8]) -> [[UInt8]] {
    let looksEncoded = zip(text, text.dropFirst()).contains { $0 == (.equals, .question) }
    guard text.allSatisfy({ $0.isPrintable || $0 == .space }), !looksEncoded, text.count <= 70
    else {
      return EncodedWords.words(for: text.map { $0.isControl ? .space : $0 }, indent: fieldName)
    }
    if text.allSatisfy({ $0.isAtomic }), !text.isEmpty { return [text] }
    return [quoted(text)]
  }

  /// A local part as it is, or as a quoted string where it is no dot-atom. RFC 5322 §3.4.1
  static func local(_ text: [UInt8]) -> [UInt8] {
    let isDotAtom = text.split(separator: .dot, omittingEmptySubsequences: false)
      .allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isAtomic) }
    return isDotAtom ? text : quoted(text)
  }

  private static func domain(_ text: [UInt8]) -> [UInt8] {
    guard !text.isEmpty else { return [] }
    return [.at]
      + text.filter {
        $0.isAtomic || $0 == .dot || $0 == .colon || $0 == UInt8(ascii: "[")
          || $0 == UInt8(ascii: "]")
      }
  }

  private static func quoted(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [.quote]
    for byte in text {
      if byte == .quote || byte == .backslash { result.append(.backslash) }
      result.append(byte.isControl ? .space : byte)
    }
    return result + [.quote]
  }
}
