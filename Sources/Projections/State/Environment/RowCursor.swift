import Platform
import Store

/// Walks through a row that is lent with each call, so that nothing of it is kept by accident.
///
/// A row that ends early throws `StoreError.damaged`: State has no checksums, but a short row must
/// not trap. The remedy is always the same, folding State anew.
struct RowCursor {
  private(set) var offset = 0

  init(at offset: Int = 0) { self.offset = offset }

  mutating func uint8(_ row: RawSpan) throws -> UInt8 {
    try take(1, row)
    return unsafe row.unsafeLoad(fromByteOffset: offset - 1, as: UInt8.self)
  }

  mutating func uint16(_ row: RawSpan) throws -> UInt16 {
    try take(2, row)
    return unsafe UInt16(
      bigEndian: row.unsafeLoadUnaligned(fromByteOffset: offset - 2, as: UInt16.self))
  }

  mutating func uint32(_ row: RawSpan) throws -> UInt32 {
    try take(4, row)
    return unsafe UInt32(
      bigEndian: row.unsafeLoadUnaligned(fromByteOffset: offset - 4, as: UInt32.self))
  }

  mutating func uint64(_ row: RawSpan) throws -> UInt64 {
    try take(8, row)
    return unsafe UInt64(
      bigEndian: row.unsafeLoadUnaligned(fromByteOffset: offset - 8, as: UInt64.self))
  }

  mutating func id(_ row: RawSpan) throws -> ID {
    ID(high: try uint64(row), low: try uint64(row))
  }

  mutating func time(_ row: RawSpan) throws -> Timestamp {
    Timestamp(microseconds: Int64(bitPattern: try uint64(row)))
  }

  mutating func raw(_ count: Int, _ row: RawSpan) throws -> [UInt8] {
    try take(count, row)
    return row.copied(offset - count..<offset)
  }

  mutating func short(_ row: RawSpan) throws -> [UInt8] {
    try raw(Int(try uint16(row)), row)
  }

  mutating func shortText(_ row: RawSpan) throws -> String {
    String(decoding: try short(row), as: UTF8.self)
  }

  mutating func long(_ row: RawSpan) throws -> [UInt8] {
    try raw(Int(try uint32(row)), row)
  }

  /// What is left of the row.
  mutating func rest(_ row: RawSpan) throws -> [UInt8] {
    try raw(row.byteCount - offset, row)
  }

  private mutating func take(_ count: Int, _ row: RawSpan) throws {
    guard row.byteCount - offset >= count else {
      throw StoreError.damaged("a row of State is too short; `daybook rebuild` folds it anew")
    }
    offset += count
  }
}

extension RawSpan {
  /// The bytes of `range`, which must lie inside.
  func copied(_ range: Range<Int>) -> [UInt8] {
    let part = extracting(range)
    return unsafe part.withUnsafeBytes { unsafe [UInt8]($0) }
  }

  /// All bytes.
  func copied() -> [UInt8] { copied(0..<byteCount) }
}
