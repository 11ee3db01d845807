/// The number of a keyword in one mailbox, from 0 in the order in which keywords came up there.
///
/// Events carry numbers because the name of a keyword is its owner's words, sealed in the
/// `mailbox.keyword_added` event alone, and erased with it.
public struct Keyword: RawRepresentable, FieldValue, Comparable, CustomStringConvertible {
  public let rawValue: UInt64

  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  public static let zero = Keyword(0)

  public static func < (left: Keyword, right: Keyword) -> Bool { left.rawValue < right.rawValue }

  public var description: String { String(rawValue) }
}
