/// The bytes of one page of an LMDB file, and what they say where it makes sense.
struct StoredPage {
  /// What a page is. Combinations occur on no page that was written whole.
  enum Flags: Int {
    case branch = 1
    case leaf = 2
    case overflow = 4
    case meta = 8
  }

  /// An entry of a leaf page.
  struct Entry {
    let key: [UInt8]
    /// Bytes of the value.
    let size: Int
    /// The value's bytes; empty where it lies on overflow pages.
    let value: [UInt8]
    /// The first overflow page of the value.
    let overflow: UInt64?
    /// Whether the value is the root of a table.
    let isTable: Bool
  }

  /// Where it lies in the file.
  let number: UInt64
  let bytes: [UInt8]

  /// The number the page itself states.
  var statedNumber: UInt64 { bytes.span.littleEndian64(at: 0) }
  var flags: Flags? { Flags(rawValue: bytes.span.littleEndian16(at: 10)) }
  /// How many pages a value takes that begins on this overflow page.
  var overflowCount: Int { Int(bytes.span.littleEndian32(at: 12)) }

  /// Whether it is a leaf where it says that it is.
  var isLeaf: Bool { flags == .leaf && statedNumber == number }
  var isBranch: Bool { flags == .branch && statedNumber == number }

  /// How many entries it has; 0 where its bounds make no sense.
  var entryCount: Int {
    let lower = bytes.span.littleEndian16(at: 12)
    let upper = bytes.span.littleEndian16(at: 14)
    guard lower >= PageFile.headerCount, lower <= upper, upper <= bytes.count else { return 0 }
    return (lower - PageFile.headerCount) / 2
  }

  /// An entry of a leaf; nil where it does not lie inside the page.
  func entry(_ index: Int) -> Entry? {
    guard let node = node(index) else { return nil }
    let span = bytes.span
    let size = Int(span.littleEndian32(at: node))
    let flags = span.littleEndian16(at: node + 4)
    let keyStart = node + 8
    let valueStart = keyStart + span.littleEndian16(at: node + 6)
    let isBig = flags & 1 != 0
    guard valueStart + (isBig ? 8 : size) <= bytes.count else { return nil }
    return Entry(
      key: Array(bytes[keyStart..<valueStart]), size: size,
      value: isBig ? [] : Array(bytes[valueStart..<valueStart + size]),
      overflow: isBig ? span.littleEndian64(at: valueStart) : nil, isTable: flags & 2 != 0)
  }

  /// The page below an entry of a branch.
  func child(_ index: Int) -> UInt64? {
    guard let node = node(index) else { return nil }
    return bytes.span.littleEndian32(at: node) | UInt64(bytes.span.littleEndian16(at: node + 4))
      << 32
  }

  /// Where an entry begins; nil where that is not inside the page.
  private func node(_ index: Int) -> Int? {
    guard index < entryCount else { return nil }
    let start = bytes.span.littleEndian16(at: PageFile.headerCount + 2 * index)
    guard start >= PageFile.headerCount, start + 8 <= bytes.count else { return nil }
    return start
  }
}

/// What a meta page of an LMDB file says.
struct StoredMeta {
  private static let magic: UInt64 = 0xBEEF_C0DE
  private static let version: UInt64 = 1

  /// The number of the transaction that wrote it.
  let transaction: UInt64
  /// The root page of the table of tables.
  let root: UInt64

  /// Nil where the page is not a meta page.
  init?(_ page: StoredPage) {
    let span = page.bytes.span
    let start = PageFile.headerCount
    // Magic, version, address, map size, two tables of 48 bytes, last page, transaction.
    let mainTable = start + 24 + 48
    guard page.flags == .meta, page.statedNumber == page.number,
      span.littleEndian32(at: start) == Self.magic,
      span.littleEndian32(at: start + 4) == Self.version
    else { return nil }
    root = span.littleEndian64(at: mainTable + 40)
    transaction = span.littleEndian64(at: mainTable + 48 + 8)
  }
}
