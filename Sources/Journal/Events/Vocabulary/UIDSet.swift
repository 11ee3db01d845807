/// Some UIDs of one mailbox, kept as runs, so that a whole mailbox costs no more than one message.
public struct UIDSet: Hashable, Sendable {
  /// Ascending; no two of them touch or overlap.
  public private(set) var ranges: [ClosedRange<UID>] = []

  public init() {}

  public init(_ uid: UID) { ranges = [uid...uid] }

  public init(_ range: ClosedRange<UID>) { ranges = [range] }

  /// UIDs in any order; ascending ones are the quickest.
  public init(_ uids: some Sequence<UID>) {
    for uid in uids { insert(uid) }
  }

  public var isEmpty: Bool { ranges.isEmpty }

  /// How many UIDs there are.
  public var count: Int {
    ranges.reduce(0) { $0 + Int($1.upperBound.rawValue - $1.lowerBound.rawValue) + 1 }
  }

  public var first: UID? { ranges.first?.lowerBound }
  public var last: UID? { ranges.last?.upperBound }

  public func contains(_ uid: UID) -> Bool {
    let index = firstRange(endingAtOrAfter: uid)
    return index < ranges.count && ranges[index].lowerBound <= uid
  }

  public mutating func insert(_ uid: UID) {
    insert(uid...uid)
  }

  /// Inserts all UIDs of `range`, joining it with the runs that it touches.
  public mutating func insert(_ range: ClosedRange<UID>) {
    guard let last = ranges.last, range.lowerBound.rawValue > 0 else {
      return insertMerging(range)
    }
    if last.upperBound.rawValue < range.lowerBound.rawValue - 1 {
      ranges.append(range)
    } else if last.lowerBound <= range.lowerBound {
      let end = Swift.max(last.upperBound, range.upperBound)
      ranges[ranges.count - 1] = last.lowerBound...end
    } else {
      insertMerging(range)
    }
  }

  public mutating func formUnion(_ other: UIDSet) {
    for range in other.ranges { insert(range) }
  }

  private mutating func insertMerging(_ range: ClosedRange<UID>) {
    var (low, high) = (range.lowerBound, range.upperBound)
    let before = UID(low.rawValue == 0 ? 0 : low.rawValue - 1)
    let start = firstRange(endingAtOrAfter: before)
    var end = start
    let after = UID(high.rawValue == .max ? .max : high.rawValue + 1)
    while end < ranges.count, ranges[end].lowerBound <= after {
      low = Swift.min(low, ranges[end].lowerBound)
      high = Swift.max(high, ranges[end].upperBound)
      end += 1
    }
    ranges.replaceSubrange(start..<end, with: CollectionOfOne(low...high))
  }

  /// The index of the first run that ends at `uid` or later.
  private func firstRange(endingAtOrAfter uid: UID) -> Int {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < uid { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
