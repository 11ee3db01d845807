/// Message numbers or UIDs as a command names them: ranges in any order, possibly with `*`.
struct SequenceSet: Hashable, Sendable {
  /// A bound of 0 is `*`, the largest number in use.
  struct Bounds: Hashable, Sendable {
    let first: UInt32
    let last: UInt32
  }

  /// The most ranges one command may name.
  static let most = 16_384

  let bounds: [Bounds]

  init(_ bounds: [Bounds]) { self.bounds = bounds }

  /// The largest number that is named and must be in use where numbers are those of messages. A
  /// range up to `*` claims nothing: clients ask for `1:*` of an empty mailbox.
  var largestNamed: UInt32 {
    bounds.reduce(0) { $1.first == 0 || $1.last == 0 ? $0 : max($0, $1.first, $1.last) }
  }

  /// The set as sorted ranges that neither overlap nor touch, `*` being `largest`.
  ///
  /// Where `largest` is 0, nothing is in use and `*` stands for nothing. Bounds in the wrong order
  /// are exchanged: `4:2` is `2:4`, and `559:*` always holds the largest. RFC 3501 §9 seq-range
  func resolved(largest: UInt32) -> [ClosedRange<UInt32>] {
    var ranges: [ClosedRange<UInt32>] = []
    ranges.reserveCapacity(bounds.count)
    for bound in bounds {
      let first = bound.first == 0 ? largest : bound.first
      let last = bound.last == 0 ? largest : bound.last
      guard first > 0, last > 0 else { continue }
      ranges.append(min(first, last)...max(first, last))
    }
    return SequenceSet.merged(ranges)
  }

  /// The ranges sorted, without overlap.
  static func merged(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    var merged: [ClosedRange<UInt32>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound - 1 <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return merged
  }
}

extension Parser {
  // sequence-set = (seq-number / seq-range) *("," sequence-set)
  mutating func sequenceSet() throws(SyntaxFailure) -> SequenceSet {
    var bounds: [SequenceSet.Bounds] = []
    repeat {
      guard bounds.count < SequenceSet.most else { throw .malformed("too many ranges") }
      let first = try sequenceNumber()
      let last = try take(OctetClass.colon) ? sequenceNumber() : first
      bounds.append(SequenceSet.Bounds(first: first, last: last))
    } while try take(OctetClass.comma)
    return SequenceSet(bounds)
  }

  // seq-number = nz-number / "*"
  private mutating func sequenceNumber() throws(SyntaxFailure) -> UInt32 {
    if try take(OctetClass.star) { return 0 }
    return try positiveNumber()
  }
}
