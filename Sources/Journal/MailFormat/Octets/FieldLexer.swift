/// Reads the words of a structured header field, one after the other.
///
/// It never goes back, so that its work is in proportion to the field however it is made: a comment
/// or quoted string that does not end takes the rest. Nesting is counted, not recursed into.
struct FieldLexer {
  let bytes: [UInt8]
  var index = 0
  /// Whether the last `skipBlanks` passed over anything.
  private(set) var skipped = false
  /// The text of the last comment passed over, where `keepsComments`.
  var comment: [UInt8]?
  let keepsComments: Bool

  init(_ bytes: [UInt8], keepsComments: Bool = false) {
    self.bytes = bytes
    self.keepsComments = keepsComments
  }

  /// The octet at hand, or nil at the end.
  var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  mutating func advance() { index += 1 }

  /// Passes over `octet` if it is at hand.
  mutating func take(_ octet: UInt8) -> Bool {
    guard peek == octet else { return false }
    index += 1
    return true
  }

  /// Passes over white space and comments: `[CFWS]`. RFC 5322 §3.2.2
  mutating func skipBlanks() {
    skipped = false
    while let byte = peek {
      if byte == UInt8(ascii: "(") {
        readComment()
      } else if byte.isBlank || byte == .carriageReturn || byte == .lineFeed || byte == .nul {
        index += 1
      } else {
        return
      }
      skipped = true
    }
  }

  /// Reads the run of octets that `belongs` accepts; it may be empty.
  mutating func run(where belongs: (UInt8) -> Bool) -> [UInt8] {
    let start = index
    while index < bytes.count, belongs(bytes[index]) { index += 1 }
    return Array(bytes[start..<index])
  }

  /// Reads a quoted string that begins at hand, without its quoting. RFC 5322 §3.2.4
  mutating func quotedString() -> [UInt8] {
    index += 1
    var text: [UInt8] = []
    while let byte = peek {
      index += 1
      if byte == .quote { return text }
      if byte == .backslash, let escaped = peek {
        index += 1
        text.append(escaped)
      } else {
        text.append(byte)
      }
    }
    return text
  }

  /// Reads a domain literal that begins at hand, with its brackets. RFC 5322 §3.4.1
  mutating func domainLiteral() -> [UInt8] {
    var text: [UInt8] = []
    while let byte = peek {
      if byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") { return text }
      index += 1
      if !byte.isBlank { text.append(byte) }
      if byte == UInt8(ascii: "]") { return text }
    }
    return text
  }

  /// Passes over a comment that begins at hand, with the comments inside it.
  private mutating func readComment() {
    var depth = 0
    var text: [UInt8] = []
    while let byte = peek {
      index += 1
      var kept: UInt8? = byte
      switch byte {
      case UInt8(ascii: "("):
        depth += 1
        if depth == 1 { kept = nil }
      case UInt8(ascii: ")"):
        depth -= 1
        if depth == 0 { kept = nil }
      case .backslash:
        kept = peek
        if kept != nil { index += 1 }
      default: break
      }
      if keepsComments, let kept { text.append(kept) }
      if depth == 0 { break }
    }
    if keepsComments { comment = text.trimmed }
  }
}
