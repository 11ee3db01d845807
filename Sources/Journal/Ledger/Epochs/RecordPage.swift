import Events
import Platform

/// Records copied out of one read transaction: consecutive positions in one buffer.
///
/// At most 1,000 records or 1 MiB (and always at least one, where there is one), so that no reader
/// holds a transaction for long: a held one keeps LMDB from reusing pages.
public struct RecordPage: Sendable {
  /// The most records of one page.
  public static let recordLimit = 1_000
  /// The bytes after which a page ends.
  public static let byteLimit = 1 << 20

  /// The position of the first record.
  public let first: Position
  private(set) var bytes: [UInt8] = []
  private var ends: [Int] = []

  init(first: Position) {
    self.first = first
  }

  /// How many records the page holds.
  public var count: Int { ends.count }
  /// Whether there was nothing to read.
  public var isEmpty: Bool { ends.isEmpty }
  /// The position of the last record; the one before `first` where the page is empty.
  public var last: Position { Position(rawValue: first.rawValue + UInt64(count) - 1) }

  /// The position of the record at an index from 0.
  public func position(_ index: Int) -> Position {
    Position(rawValue: first.rawValue + UInt64(index))
  }

  /// Copies one record.
  public subscript(index: Int) -> RawRecord {
    RawRecord(position: position(index), bytes: Array(bytes[range(index)]))
  }

  /// Lends the bytes of one record.
  public func withRecord<R>(_ index: Int, _ body: (Span<UInt8>) throws -> R) rethrows -> R {
    try body(bytes.span.extracting(range(index)))
  }

  /// Copies every record.
  public var records: [RawRecord] { (0..<count).map { self[$0] } }

  mutating func append(_ record: RawSpan) {
    unsafe record.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    ends.append(bytes.count)
  }

  func isFull(limit: Int) -> Bool { count >= limit || bytes.count >= Self.byteLimit }

  private func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }
}

extension RecordPage {
  /// The leaf hash of the record at an index; the record's checksum is checked.
  func leaf(_ index: Int) throws -> Digest {
    try withRecord(index) { record in
      do { return try RecordView(record).leaf(in: record) } catch {
        throw LedgerError.damaged(position: position(index), what: "\(error)")
      }
    }
  }
}

extension RecordPage {
  /// Whether `record` has the bytes of the record at an index.
  func holds(_ record: RawSpan, at index: Int) -> Bool {
    withRecord(index) { own in
      guard own.count == record.byteCount else { return false }
      return CRC32C.of(own) == CRC32C.of(record)
    }
  }
}
