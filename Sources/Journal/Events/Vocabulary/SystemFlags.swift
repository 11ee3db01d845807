/// The flags that mean the same in every mailbox. RFC 3501 §2.3.2
public struct SystemFlags: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue & 31 }

  public static let answered = SystemFlags(rawValue: 1)
  public static let deleted = SystemFlags(rawValue: 2)
  public static let draft = SystemFlags(rawValue: 4)
  public static let flagged = SystemFlags(rawValue: 8)
  public static let seen = SystemFlags(rawValue: 16)

  /// Each flag with its name on the wire, in the order in which they are coded.
  public static let named: [(flag: SystemFlags, name: String)] = [
    (.answered, #"\Answered"#), (.deleted, #"\Deleted"#), (.draft, #"\Draft"#),
    (.flagged, #"\Flagged"#), (.seen, #"\Seen"#),
  ]

  public var names: [String] {
    SystemFlags.named.filter { contains($0.flag) }.map(\.name)
  }

  /// The flag with this name, in whatever case, or nil.
  public init?(name: some StringProtocol) {
    let folded = name.utf8.map(Flag.folded)
    for (flag, text) in SystemFlags.named where text.utf8.map(Flag.folded) == folded {
      self = flag
      return
    }
    return nil
  }
}

/// Coded as the list of names, in alphabetical order.
extension SystemFlags: FieldValue {
  public static var shape: String { "list of text" }

  public func encode(to writer: inout CBORWriter) {
    writer.array(count: rawValue.nonzeroBitCount)
    for (flag, name) in SystemFlags.named where contains(flag) { writer.text(name) }
  }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    let count = try cursor.enterArray(in: bytes)
    var flags: SystemFlags = []
    for _ in 0..<count {
      let start = cursor.offset
      let name = try cursor.text(in: bytes)
      guard let flag = SystemFlags(name, in: bytes) else { throw .outOfRange(at: start) }
      flags.insert(flag)
    }
    cursor.leave()
    self = flags
  }

  /// The flag whose name, spelled as in `named`, is the text in `range`.
  private init?(_ range: Range<Int>, in bytes: Span<UInt8>) {
    if (#"\Answered"# as StaticString).order(of: range, in: bytes) == 0 {
      self = .answered
    } else if (#"\Deleted"# as StaticString).order(of: range, in: bytes) == 0 {
      self = .deleted
    } else if (#"\Draft"# as StaticString).order(of: range, in: bytes) == 0 {
      self = .draft
    } else if (#"\Flagged"# as StaticString).order(of: range, in: bytes) == 0 {
      self = .flagged
    } else if (#"\Seen"# as StaticString).order(of: range, in: bytes) == 0 {
      self = .seen
    } else {
      return nil
    }
  }

  public func render(to json: inout JSONWriter) { names.render(to: &json) }
}
