/// One line that a server is expected to say, in which `*` stands for any run of octets.
public struct TranscriptPattern: Hashable, Sendable, CustomStringConvertible {
  public let description: String
  /// The fixed octets between the stars, in order.
  let pieces: [[UInt8]]

  /// A pattern from the text behind `S:`.
  public init(_ text: Substring) {
    description = String(text)
    let untagged = text.hasPrefix("* ")
    var pieces = (untagged ? text.dropFirst(2) : text)
      .split(separator: "*", omittingEmptySubsequences: false)
      .map { Array($0.utf8) }
    // A star inside `<text*1000>` is a repetition, not a wildcard.
    pieces = TranscriptPattern.rejoined(pieces).map { TranscriptPattern.octets(of: $0) }
    if untagged { pieces[0] = Array("* ".utf8) + pieces[0] }
    self.pieces = pieces
  }

  /// Whether `line`, without its line ending, is what was expected.
  public func matches(_ line: [UInt8]) -> Bool {
    guard let first = pieces.first, let last = pieces.last else { return line.isEmpty }
    guard pieces.count > 1 else { return line == first }
    guard line.count >= first.count + last.count, line.starts(with: first),
      line.suffix(last.count).elementsEqual(last)
    else { return false }
    var rest = line[first.count..<(line.count - last.count)]
    for piece in pieces[1..<(pieces.count - 1)] where !piece.isEmpty {
      guard let found = rest.indices.first(where: { rest[$0...].starts(with: piece) }) else {
        return false
      }
      rest = rest[(found + piece.count)...]
    }
    return true
  }

  /// The octets that `text` stands for.
  static func octets(of text: some StringProtocol) -> [UInt8] {
    octets(of: Array(text.utf8))
  }

  private static func octets(of text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var rest = text[...]
    while let byte = rest.first {
      if byte == UInt8(ascii: "<"), let end = rest.firstIndex(of: UInt8(ascii: ">")),
        let special = special(String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self))
      {
        result += special
        rest = rest[(end + 1)...]
      } else {
        result.append(byte)
        rest = rest.dropFirst()
      }
    }
    return result
  }

  private static func special(_ word: String) -> [UInt8]? {
    switch word {
    case "CR": return [13]
    case "LF": return [10]
    case "NUL": return [0]
    case "TAB": return [9]
    default: break
    }
    if word.hasPrefix("0x"), let value = UInt8(word.dropFirst(2), radix: 16) { return [value] }
    let parts = word.split(separator: "*", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = Int(parts[1]) else { return nil }
    return Array(repeatElement(Array(parts[0].utf8), count: count).joined())
  }

  /// Puts `<text` and `1000>` together again where a star was split out of a repetition.
  private static func rejoined(_ pieces: [[UInt8]]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    for piece in pieces {
      if let last = result.last, let open = last.lastIndex(of: UInt8(ascii: "<")),
        !last[open...].contains(UInt8(ascii: ">")),
        let close = piece.firstIndex(of: UInt8(ascii: ">")),
        Int(String(decoding: piece[..<close], as: UTF8.self)) != nil
      {
        result[result.count - 1] = last + [UInt8(ascii: "*")] + piece
      } else {
        result.append(piece)
      }
    }
    return result
  }
}
