import Events
import Platform

/// What a segment's `.idx` file says: the bodies in it, so that opening need not walk them.
///
/// Only a help: it carries a checksum, and without a valid one the segment itself is walked.
struct SegmentIndexFile: Hashable {
  private static let magic = Array("DAYBOOKI".utf8)
  private static let format: UInt32 = 1
  private static let headSize = 64
  private static let entrySize = 16

  let segment: UInt32
  let log: LogID
  /// Where the last body ends.
  let end: UInt64
  /// Bodies may still be appended at `end`: the writer stopped cleanly, nothing lies behind it.
  let isResumable: Bool
  let entries: [BodyEntry]

  /// magic 8, format 4, resumable 4, segment 8, log 16, end 8, count 8, zero 4, CRC32C of all else
  /// 4; then for each body key 8, offset in units of 8 bytes 4, span in the same units 4.
  var bytes: [UInt8] {
    var bytes = Self.magic
    bytes.reserveCapacity(Self.headSize + entries.count * Self.entrySize)
    bytes.append(bigEndian: Self.format)
    bytes.append(bigEndian: UInt32(isResumable ? 1 : 0))
    bytes.append(bigEndian: UInt64(segment))
    log.rawValue.append(to: &bytes)
    bytes.append(bigEndian: end)
    bytes.append(bigEndian: UInt64(entries.count))
    bytes.append(bigEndian: UInt64(0))
    for entry in entries {
      bytes.append(bigEndian: entry.key)
      bytes.append(bigEndian: UInt32(truncatingIfNeeded: entry.offset / BodyHead.alignment))
      bytes.append(bigEndian: UInt32(truncatingIfNeeded: entry.span / BodyHead.alignment))
    }
    bytes.put(bigEndian: Self.check(bytes.span), at: 60)
    return bytes
  }

  private static func check(_ bytes: Span<UInt8>) -> UInt32 {
    CRC32C.of(bytes.extracting(headSize...), seed: CRC32C.of(bytes.extracting(..<60)))
  }
}

extension SegmentIndexFile {
  /// Reads the file of a segment; nil where it is not wholly valid.
  init?(_ file: [UInt8], segment: UInt32, log: LogID) {
    let span = file.span
    guard file.count >= Self.headSize, file.starts(with: Self.magic),
      span.bigEndian(UInt32.self, at: 8) == Self.format,
      span.bigEndian(UInt32.self, at: 60) == Self.check(span),
      span.bigEndian(UInt64.self, at: 16) == UInt64(segment),
      span.id(at: 24) == log.rawValue,
      (file.count - Self.headSize).isMultiple(of: Self.entrySize),
      span.bigEndian(UInt64.self, at: 48) == UInt64((file.count - Self.headSize) / Self.entrySize)
    else { return nil }
    self.init(
      segment: segment, log: log, end: span.bigEndian(UInt64.self, at: 40),
      isResumable: span.bigEndian(UInt32.self, at: 12) == 1,
      entries: stride(from: Self.headSize, to: file.count, by: Self.entrySize).map { at in
        BodyEntry(
          key: span.bigEndian(UInt64.self, at: at),
          offset: UInt64(span.bigEndian(UInt32.self, at: at + 8)) * BodyHead.alignment,
          span: UInt64(span.bigEndian(UInt32.self, at: at + 12)) * BodyHead.alignment)
      })
  }
}
