/// What an event of one type says, its fields declared once.
public protocol EventPayload: Hashable, Sendable {
  static var type: EventType { get }

  /// One sentence: when such an event is written.
  static var about: String { get }

  /// Visits every field: its name, its class and its place. Changes only what `walker` changes.
  mutating func walk<Walker: FieldWalker>(_ walker: inout Walker) throws(DecodingFailure)
}

/// A payload that begins blank and is filled by a walk.
protocol BlankPayload: EventPayload {
  init()
}

extension BlankPayload {
  /// The payload whose public map starts at `offset` of `record`.
  init(record: [UInt8], at offset: Int, personal: [UInt8]?) throws(DecodingFailure) {
    self.init()
    var walker = try DecodingWalk(record, at: offset, personal: personal)
    try walk(&walker)
  }

  /// The fields in the order in which they are declared.
  static var fields: [Field] {
    var walker = ListingWalk()
    var blank = Self()
    do { try blank.walk(&walker) } catch { preconditionFailure("listing cannot fail: \(error)") }
    return walker.fields
  }
}
