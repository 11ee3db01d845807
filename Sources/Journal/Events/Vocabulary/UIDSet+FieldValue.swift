/// Coded as one flat array of pairs (gap, count): how far the run's first UID lies behind the last
/// UID of the run before it (behind 0 for the first), and how many UIDs the run has. Scattered UIDs
/// of a large mailbox so take two bytes each, not ten.
extension UIDSet: FieldValue {
  public static var shape: String { "uid set" }

  public func encode(to writer: inout CBORWriter) {
    writer.array(count: ranges.count * 2)
    var last: UInt32 = 0
    for range in ranges {
      writer.unsigned(UInt64(range.lowerBound.rawValue - last))
      writer.unsigned(UInt64(range.upperBound.rawValue - range.lowerBound.rawValue) + 1)
      last = range.upperBound.rawValue
    }
  }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    self.init()
    let start = cursor.offset
    let count = try cursor.enterArray(in: bytes)
    guard count.isMultiple(of: 2) else { throw .outOfRange(at: start) }
    var last: UInt64 = 0
    for index in 0..<count / 2 {
      let here = cursor.offset
      let gap = try cursor.unsigned(in: bytes)
      let length = try cursor.unsigned(in: bytes)
      let limit = UInt64(UInt32.max)
      guard gap >= (index == 0 ? 1 : 2), gap <= limit, length >= 1, length <= limit,
        let low = UInt32(exactly: last + gap), let high = UInt32(exactly: last + gap + length - 1)
      else { throw .outOfRange(at: here) }
      insert(UID(low)...UID(high))
      last = UInt64(high)
    }
    cursor.leave()
  }

  public func render(to json: inout JSONWriter) { json.text(description) }
}
