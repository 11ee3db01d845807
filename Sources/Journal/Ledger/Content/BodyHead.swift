import Events
import Platform

/// What stands in a segment in front of each sealed body: 64 bytes. docs/formats.md
///
/// Behind it follow the sealed chunks, a CRC32C of each chunk, and zeros up to a multiple of 8.
struct BodyHead: Hashable {
  static let size = 64
  /// Bodies begin at multiples of it.
  static let alignment: UInt64 = 8
  static let magic: UInt32 = 0x4442_4F44
  private static let covered = 60
  /// Bytes of one chunk's checksum.
  static let checkSize: UInt64 = 4

  let segment: UInt32
  let content: ContentID
  let plainLength: UInt64
  /// The random part of the chunks' nonces, 7 bytes.
  let prefix: [UInt8]
  /// The body was overwritten with zeros on purpose.
  var isErased = false

  var sealedLength: UInt64 { ChunkSeal.sealedLength(of: plainLength) }
  var checksLength: UInt64 { ChunkSeal.chunks(of: plainLength) * Self.checkSize }
  /// Bytes from this head to the next.
  var span: UInt64 { Self.span(plain: plainLength) }

  static func span(plain length: UInt64) -> UInt64 {
    let chunks = ChunkSeal.chunks(of: length)
    let bytes = UInt64(size) + ChunkSeal.sealedLength(of: length) + chunks * checkSize
    return (bytes + alignment - 1) / alignment * alignment
  }

  /// magic 4, version 4, segment 8, content id 16, plain length 8, sealed length 8, nonce prefix 7,
  /// erased 1, chunk size 4, CRC32C of these 60.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.size)
    bytes.append(bigEndian: Self.magic)
    bytes.append(bigEndian: UInt32(1))
    bytes.append(bigEndian: UInt64(segment))
    content.rawValue.append(to: &bytes)
    bytes.append(bigEndian: plainLength)
    bytes.append(bigEndian: sealedLength)
    bytes += prefix
    bytes.append(isErased ? 1 : 0)
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

  /// The head in these 64 bytes, if it is one of that segment.
  init?(_ bytes: Span<UInt8>, in segment: UInt32) {
    guard bytes.count == Self.size,
      bytes.bigEndian(UInt32.self, at: 0) == Self.magic,
      bytes.bigEndian(UInt32.self, at: 4) == 1,
      bytes.bigEndian(UInt64.self, at: 8) == UInt64(segment),
      bytes.bigEndian(UInt32.self, at: 56) == UInt32(ChunkSeal.chunkSize),
      bytes.bigEndian(UInt32.self, at: Self.covered)
        == CRC32C.of(bytes.extracting(..<Self.covered))
    else { return nil }
    self.segment = segment
    content = ContentID(rawValue: bytes.id(at: 16))
    plainLength = bytes.bigEndian(UInt64.self, at: 32)
    prefix = Array(copying: bytes.extracting(48..<55))
    isErased = bytes[55] != 0
    guard bytes[55] <= 1, plainLength <= ChunkSeal.maximumByteCount,
      bytes.bigEndian(UInt64.self, at: 40) == sealedLength
    else { return nil }
  }

  /// The head that these 64 bytes were before one bit of them flipped.
  init?(mending bytes: [UInt8], in segment: UInt32) {
    guard !bytes.span.isZero else { return nil }
    var bytes = bytes
    for bit in 0..<bytes.count * 8 {
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      defer { bytes[bit / 8] ^= 1 << UInt8(bit % 8) }
      guard let head = BodyHead(bytes.span, in: segment) else { continue }
      self = head
      return
    }
    return nil
  }

  /// The same body in another segment.
  func moved(to segment: UInt32) -> BodyHead {
    BodyHead(segment: segment, content: content, plainLength: plainLength, prefix: prefix)
  }
}

extension ChunkSeal {
  /// The CRC32C of each chunk of a sealed whole, four bytes each.
  static func checks(of sealed: Span<UInt8>) -> [UInt8] {
    var checks: [UInt8] = []
    var start = 0
    while start < sealed.count {
      let end = min(start + chunkSize + tagSize, sealed.count)
      checks.append(bigEndian: CRC32C.of(sealed.extracting(start..<end)))
      start = end
    }
    return checks
  }
}
