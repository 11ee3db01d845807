import Platform

/// The pages of an LMDB data file, read one by one without LMDB: for files that LMDB refuses or
/// would fall over.
///
/// Nothing it reads is trusted; every number is checked against the page before it is followed.
final class PageFile {
  /// The start of a page: its number, padding, flags, then the ends of its free space.
  static let headerCount = 16

  private let file: Descriptor
  /// Bytes of a page.
  let pageSize: Int
  /// Whole pages in the file.
  let count: UInt64

  init(_ path: String) throws {
    let file = try Descriptor.open(path, [.read])
    pageSize = Self.pageSize(try file.pread(Self.headerCount + 64, at: 0))
    count = try file.size() / UInt64(pageSize)
    self.file = file
  }

  /// One page; nil beyond the end of the file.
  func page(_ number: UInt64) throws -> StoredPage? {
    guard number < count else { return nil }
    let bytes = try file.pread(pageSize, at: number * UInt64(pageSize))
    return bytes.count == pageSize ? StoredPage(number: number, bytes: bytes) : nil
  }

  /// Every page in the order of the file.
  func each(_ body: (StoredPage) throws -> Void) throws {
    let run = 256
    var number: UInt64 = 0
    while number < count {
      let pages = Int(min(UInt64(run), count - number))
      let bytes = try file.pread(pages * pageSize, at: number * UInt64(pageSize))
      for index in 0..<bytes.count / pageSize {
        let range = index * pageSize..<(index + 1) * pageSize
        try body(StoredPage(number: number + UInt64(index), bytes: Array(bytes[range])))
      }
      number += UInt64(pages)
    }
  }

  /// `count` bytes of the value that begins on overflow page `number`; nil where they are not
  /// there.
  func overflow(_ number: UInt64, count: Int) throws -> [UInt8]? {
    guard let first = try page(number), first.number == first.statedNumber, first.flags == .overflow
    else { return nil }
    let pages = (Self.headerCount + count + pageSize - 1) / pageSize
    guard pages <= first.overflowCount, number + UInt64(pages) <= self.count else { return nil }
    let start = number * UInt64(pageSize) + UInt64(Self.headerCount)
    let bytes = try file.pread(count, at: start)
    return bytes.count == count ? bytes : nil
  }

  /// The page size that the first meta page states; 4,096 where it says nothing sensible.
  private static func pageSize(_ head: [UInt8]) -> Int {
    let place = headerCount + 24
    guard head.count >= place + 4 else { return 4_096 }
    let stated = Int(head.span.littleEndian32(at: place))
    return stated >= 512 && stated <= 65_536 && stated.nonzeroBitCount == 1 ? stated : 4_096
  }
}

extension Span<UInt8> {
  /// The number in the two bytes at `offset`, as this machine's LMDB writes it.
  func littleEndian16(at offset: Int) -> Int {
    Int(self[offset]) | Int(self[offset + 1]) << 8
  }

  func littleEndian32(at offset: Int) -> UInt64 {
    UInt64(littleEndian16(at: offset)) | UInt64(littleEndian16(at: offset + 2)) << 16
  }

  func littleEndian64(at offset: Int) -> UInt64 {
    littleEndian32(at: offset) | littleEndian32(at: offset + 4) << 32
  }
}
