import Platform

/// Where the parts of a record are in its bytes, found without copying any of them.
public struct RecordView: Hashable, Sendable {
  /// What a record holds.
  public enum Form: Hashable, Sendable {
    /// An event: the ranges of the header map, the payload map, and the sealed octets.
    case event(header: Range<Int>, payload: Range<Int>, sealed: Range<Int>)
    /// The range of the leaf hash, of which alone is left.
    case redacted(leaf: Range<Int>)
  }

  public let form: Form

  /// Finds the parts and checks the checksum.
  ///
  /// - Throws: `RecordError.malformed` or, where only the checksum is wrong, `.damaged`.
  public init(_ record: Span<UInt8>) throws(RecordError) {
    let end: Int
    do { (form, end) = try RecordView.split(record) } catch { throw .malformed(error) }
    let stored = record.bigEndian32(at: end + 1)
    guard CRC32C.of(record.extracting(0..<end)) == stored else { throw .damaged }
  }

  public var isRedacted: Bool {
    if case .redacted = form { true } else { false }
  }

  /// The form, and where the last item, the checksum, starts.
  private static func split(_ record: Span<UInt8>) throws(CBORError) -> (form: Form, end: Int) {
    var cursor = CBORCursor()
    let form = try form(&cursor, in: record)
    let end = cursor.offset
    guard try cursor.octets(in: record).count == 4 else { throw .outOfRange(at: end) }
    guard cursor.offset == record.count else { throw .trailing(at: cursor.offset) }
    return (form, end)
  }

  private static func form(
    _ cursor: inout CBORCursor, in record: Span<UInt8>
  ) throws(CBORError) -> Form {
    guard record.count <= Record.maximumSize else { throw .trailing(at: Record.maximumSize) }
    let count = try cursor.enterArray(in: record)
    let start = cursor.offset
    switch (count, try cursor.unsigned(in: record)) {
    case (5, Record.eventForm):
      let header = try map(&cursor, in: record)
      let payload = try map(&cursor, in: record)
      return .event(header: header, payload: payload, sealed: try cursor.octets(in: record))
    case (3, Record.redactedForm):
      let leaf = try cursor.octets(in: record)
      guard leaf.count == 32 else { throw .outOfRange(at: start) }
      return .redacted(leaf: leaf)
    default: throw .outOfRange(at: start)
    }
  }

  private static func map(
    _ cursor: inout CBORCursor, in record: Span<UInt8>
  ) throws(CBORError) -> Range<Int> {
    let start = cursor.offset
    var probe = cursor
    _ = try probe.enterMap(in: record)
    try cursor.skip(in: record)
    return start..<cursor.offset
  }
}
