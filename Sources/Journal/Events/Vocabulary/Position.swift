/// The place of an event in the journal: 1 for the first, without gaps, through all epochs.
///
/// It is also the order of events, the size of the tree up to and including the event, and the
/// MODSEQ of what the event changed.
public struct Position: RawRepresentable, FieldValue, Comparable, CustomStringConvertible {
  public let rawValue: UInt64

  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// Before the first event.
  public static let zero = Position(0)

  public static func < (left: Position, right: Position) -> Bool {
    left.rawValue < right.rawValue
  }

  /// The position `count` events later; stays at the greatest one.
  public func advanced(by count: UInt64 = 1) -> Position {
    let (sum, overflow) = rawValue.addingReportingOverflow(count)
    return Position(overflow ? .max : sum)
  }

  public var description: String { String(rawValue) }
}
