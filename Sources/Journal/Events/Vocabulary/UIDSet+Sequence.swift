extension UIDSet: Sequence {
  /// Goes through the UIDs in ascending order.
  public struct Iterator: IteratorProtocol {
    private let ranges: [ClosedRange<UID>]
    private var index = 0
    private var offset: UInt32 = 0

    init(_ ranges: [ClosedRange<UID>]) { self.ranges = ranges }

    public mutating func next() -> UID? {
      guard index < ranges.count else { return nil }
      let range = ranges[index]
      let uid = UID(range.lowerBound.rawValue + offset)
      if uid == range.upperBound {
        index += 1
        offset = 0
      } else {
        offset += 1
      }
      return uid
    }
  }

  public func makeIterator() -> Iterator { Iterator(ranges) }

  public var underestimatedCount: Int { ranges.count }

  /// The set in pieces of at most `limit` runs each, in ascending order, so that each fits a record:
  /// a run takes at most ten bytes. `limit` is at least 1.
  public func pieces(ofRuns limit: Int) -> [UIDSet] {
    stride(from: 0, to: ranges.count, by: limit).map { start in
      var piece = UIDSet()
      for range in ranges[start..<Swift.min(start + limit, ranges.count)] { piece.insert(range) }
      return piece
    }
  }
}

extension UIDSet: CustomStringConvertible {
  /// The set as IMAP writes it: `1:3,5`. RFC 3501 §9
  public var description: String {
    ranges.map { range in
      range.lowerBound == range.upperBound
        ? "\(range.lowerBound)" : "\(range.lowerBound):\(range.upperBound)"
    }.joined(separator: ",")
  }
}
