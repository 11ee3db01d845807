import Events
import Platform

/// The first page of a segment file, which says whose it is. docs/formats.md "Content segments"
struct SegmentHead: Hashable {
  static let size = 4_096
  private static let magic = Array("DAYBOOKC".utf8)
  private static let format: UInt32 = 1
  private static let covered = 48

  let segment: UInt32
  let created: Timestamp
  let log: LogID

  /// magic 8, format 4, zero 4, segment 8, created 8, log 16, CRC32C of these 48, zeros to the end.
  var bytes: [UInt8] {
    var bytes = Self.magic
    bytes.append(bigEndian: Self.format)
    bytes.append(bigEndian: UInt32(0))
    bytes.append(bigEndian: UInt64(segment))
    bytes.append(bigEndian: created.microseconds)
    bytes += log.rawValue.bytes
    bytes.append(bigEndian: CRC32C.of(bytes))
    return bytes + [UInt8](repeating: 0, count: Self.size - bytes.count)
  }

  init(segment: UInt32, created: Timestamp, log: LogID) {
    self.segment = segment
    self.created = created
    self.log = log
  }

  /// The head in a page; nil where it is none.
  init?(_ page: [UInt8]) {
    guard page.count >= Self.covered + 4, Array(page[..<8]) == Self.magic else { return nil }
    let span = page.span
    guard span.bigEndian(UInt32.self, at: 8) == Self.format,
      span.bigEndian(UInt32.self, at: Self.covered) == CRC32C.of(Array(page[..<Self.covered])),
      let segment = UInt32(exactly: span.bigEndian(UInt64.self, at: 16))
    else { return nil }
    self.segment = segment
    created = Timestamp(microseconds: span.bigEndian(Int64.self, at: 24))
    log = LogID(rawValue: span.id(at: 32))
  }
}
