/// The unique identifier of a message in a mailbox, from 1. RFC 3501 §2.3.1.1
public struct UID: RawRepresentable, FieldValue, Comparable, CustomStringConvertible {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }
  public init(_ rawValue: UInt32) { self.rawValue = rawValue }

  /// No message; occurs in no event.
  public static let zero = UID(0)
  public static let first = UID(1)
  public static let last = UID(UInt32.max)

  public static func < (left: UID, right: UID) -> Bool { left.rawValue < right.rawValue }

  public var description: String { String(rawValue) }
}
