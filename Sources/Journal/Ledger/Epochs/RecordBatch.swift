import Events
import Platform

/// Records that are to be appended in one commit: consecutive positions in one buffer, each with
/// its leaf hash.
struct RecordBatch {
  /// The position of the first record.
  let first: Position
  private(set) var bytes: [UInt8] = []
  private(set) var ends: [Int] = []
  private(set) var leaves: [Digest] = []

  /// - Parameter capacity: how many records will come, as far as that is known.
  init(first: Position, capacity: Int = 0) {
    self.first = first
    bytes.reserveCapacity(capacity * 512)
    ends.reserveCapacity(capacity)
    leaves.reserveCapacity(capacity)
  }

  var count: Int { ends.count }
  var isEmpty: Bool { ends.isEmpty }
  /// The position the next record gets.
  var next: Position { first.advanced(by: UInt64(ends.count)) }

  mutating func append(_ record: [UInt8]) { append(record.span) }

  mutating func append(_ record: Span<UInt8>) {
    unsafe record.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    ends.append(bytes.count)
    leaves.append(Record.leaf(of: record))
  }

  /// Takes back all but the first `count` records.
  mutating func truncate(to count: Int) {
    ends.removeLast(ends.count - count)
    leaves.removeLast(leaves.count - count)
    bytes.removeLast(bytes.count - (ends.last ?? 0))
  }

  /// Where the record at an index from 0 lies in `bytes`.
  func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }
}
