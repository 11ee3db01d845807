/// Composes header fields out of values that may come from anybody.
///
/// Each call adds exactly one field, whatever the value holds: CR, LF and other controls never reach
/// the output as such, text that ASCII cannot say is written in encoded words (RFC 2047), and lines
/// are folded (RFC 5322 §2.2.3).
public struct HeaderComposer: Sendable {
  /// The fields so far, each ending in CRLF.
  public private(set) var octets: [UInt8] = []

  public init() {}

  /// Adds an unstructured field such as `Subject`. `text` is UTF-8; line breaks in it become single
  /// spaces.
  public mutating func add(_ name: String, text: [UInt8]) {
    var writer = FoldingWriter(name: name)
    let line = HeaderComposer.onOneLine(text)
    if EncodedWords.isPlain(line) {
      var blanks: [UInt8] = []
      for run in HeaderComposer.runs(line) {
        if run.first?.isBlank == true {
          blanks = Array(run)
        } else {
          writer.add(word: run, after: blanks.isEmpty ? [.space] : blanks)
          blanks = []
        }
      }
    } else {
      for word in EncodedWords.words(for: line, indent: name.utf8.count + 1) {
        writer.add(word: word)
      }
    }
    octets += writer.finish()
  }

  /// Adds a structured field out of words that are already in its syntax; it folds between them.
  public mutating func add(_ name: String, words: [[UInt8]]) {
    var writer = FoldingWriter(name: name)
    for word in words { writer.add(word: word) }
    octets += writer.finish()
  }

  /// Adds an address field such as `To`. RFC 5322 §3.4
  public mutating func add(_ name: String, addresses: [MailAddress]) {
    var writer = FoldingWriter(name: name)
    var needsComma = false
    for address in addresses {
      if address.isGroupEnd {
        writer.append(mark: .semicolon)
        needsComma = true
        continue
      }
      if needsComma { writer.append(mark: .comma) }
      let words = AddressWriter.words(address)
      for word in words { writer.add(word: word) }
      if address.isGroupStart { writer.append(mark: .colon) }
      needsComma = !address.isGroupStart
    }
    octets += writer.finish()
  }

  /// Adds `Date`. RFC 5322 §3.6.1
  public mutating func addDate(_ date: MailDate) {
    add("Date", words: [date.field])
  }

  /// Adds `Message-ID`. RFC 5322 §3.6.4
  public mutating func addMessageID(_ identifier: MessageIdentifier) {
    add("Message-ID", words: [identifier.bracketed])
  }

  /// Adds `Return-Path: <path>`; an empty path is that of a notification. RFC 5321 §4.4
  public mutating func addReturnPath(_ path: [UInt8]) {
    add("Return-Path", words: [[UInt8(ascii: "<")] + path + [UInt8(ascii: ">")]])
  }

  /// Adds `Delivered-To`, the address by which the message reached a mailbox. RFC 9228 §3
  public mutating func addDeliveredTo(_ address: [UInt8]) {
    add("Delivered-To", words: [address])
  }

  /// Adds a field that a `FoldingWriter` made.
  mutating func append(_ field: [UInt8]) {
    octets += field
  }

  /// The text with every run of line breaks and other controls as one space, trimmed.
  private static func onOneLine(_ text: [UInt8]) -> [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(text.count)
    var isBroken = false
    for byte in text {
      guard byte.isControl, byte != .tab else {
        line.append(byte)
        isBroken = false
        continue
      }
      if !isBroken { line.append(.space) }
      isBroken = true
    }
    return line.trimmed
  }

  /// The text as alternating runs of blanks and of other octets.
  private static func runs(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
    var runs: [ArraySlice<UInt8>] = []
    var start = 0
    while start < text.count {
      var end = start + 1
      while end < text.count, text[end].isBlank == text[start].isBlank { end += 1 }
      runs.append(text[start..<end])
      start = end
    }
    return runs
  }
}
