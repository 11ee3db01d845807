/// A flag of a message as IMAP writes it: `\Seen`, or a keyword such as `$Forwarded`.
///
/// Flags that differ only in case are the same flag. RFC 3501 §2.3.2
public struct Flag: Sendable, CustomStringConvertible {
  /// As the client wrote it.
  public let text: String

  public init(_ text: String) { self.text = text }

  public static let answered = Flag(#"\Answered"#)
  public static let deleted = Flag(#"\Deleted"#)
  public static let draft = Flag(#"\Draft"#)
  public static let flagged = Flag(#"\Flagged"#)
  public static let seen = Flag(#"\Seen"#)

  /// The system flag that this is, or nil for a keyword.
  public var system: SystemFlags? { SystemFlags(name: text) }

  public var description: String { text }

  static func folded(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }
}

extension Flag: Hashable, Comparable {
  public static func == (left: Flag, right: Flag) -> Bool {
    left.text.utf8.lazy.map(folded).elementsEqual(right.text.utf8.lazy.map(folded))
  }

  public static func < (left: Flag, right: Flag) -> Bool {
    left.text.utf8.lazy.map(folded).lexicographicallyPrecedes(right.text.utf8.lazy.map(folded))
  }

  public func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(Flag.folded(byte)) }
    hasher.combine(UInt8(0xFF))
  }
}
