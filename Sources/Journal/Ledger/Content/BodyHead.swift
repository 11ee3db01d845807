import Events
import Platform

/// What stands in a segment in front of each sealed body. docs/formats.md "Content segments"
struct BodyHead: Hashable {
  static let size = 64
  /// Bodies begin at multiples of it.
  static let alignment: UInt64 = 8
  private static let magic: UInt32 = 0x4442_4F44
  private static let covered = 60

  let segment: UInt32
  let content: ContentID
  let plainLength: UInt64
  let prefix: [UInt8]

  var sealedLength: UInt64 { ChunkSeal.sealedLength(of: plainLength) }
  /// Bytes from this head to the next.
  var span: UInt64 { Self.span(sealed: sealedLength) }

  static func span(sealed length: UInt64) -> UInt64 {
    (UInt64(size) + length + alignment - 1) / alignment * alignment
  }

  /// magic 4, version 4, segment 8, content id 16, plain length 8, sealed length 8, nonce prefix 7,
  /// zero 1, chunk size 4, CRC32C of these 60.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.size)
    bytes.append(bigEndian: Self.magic)
    bytes.append(bigEndian: UInt32(1))
    bytes.append(bigEndian: UInt64(segment))
    bytes += content.rawValue.bytes
    bytes.append(bigEndian: plainLength)
    bytes.append(bigEndian: sealedLength)
    bytes += prefix
    bytes.append(0)
    bytes.append(bigEndian: UInt32(ChunkSeal.chunkSize))
    bytes.append(bigEndian: CRC32C.of(bytes))
    return bytes
  }

  init(segment: UInt32, content: ContentID, plainLength: UInt64, prefix: [UInt8]) {
    self.segment = segment
    self.content = content
    self.plainLength = plainLength
    self.prefix = prefix
  }

  /// The head in these bytes, if it is one of that segment.
  init?(_ bytes: [UInt8], in segment: UInt32) {
    guard bytes.count == Self.size else { return nil }
    let span = bytes.span
    guard span.bigEndian(UInt32.self, at: 0) == Self.magic,
      span.bigEndian(UInt32.self, at: 4) == 1,
      span.bigEndian(UInt64.self, at: 8) == UInt64(segment),
      span.bigEndian(UInt32.self, at: 56) == UInt32(ChunkSeal.chunkSize),
      span.bigEndian(UInt32.self, at: Self.covered) == CRC32C.of(Array(bytes[..<Self.covered]))
    else { return nil }
    self.segment = segment
    content = ContentID(rawValue: span.id(at: 16))
    plainLength = span.bigEndian(UInt64.self, at: 32)
    prefix = Array(bytes[48..<55])
    guard plainLength <= ChunkSeal.maximumByteCount,
      span.bigEndian(UInt64.self, at: 40) == sealedLength
    else { return nil }
  }
}
