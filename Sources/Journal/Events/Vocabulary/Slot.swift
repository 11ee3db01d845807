/// The number of a slot in the keyring, which holds a key or a secret until it is destroyed.
public struct Slot: RawRepresentable, FieldValue, Comparable, CustomStringConvertible {
  public let rawValue: UInt64

  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  public static let zero = Slot(0)

  public static func < (left: Slot, right: Slot) -> Bool { left.rawValue < right.rawValue }

  public var description: String { String(rawValue) }
}
