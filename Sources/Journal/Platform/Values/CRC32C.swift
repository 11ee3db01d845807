import CPlatform

/// The Castagnoli checksum of records and chunks. RFC 7143 §13.1
///
/// `seed` is the checksum of the bytes before, so parts can be summed one after another.
public enum CRC32C {
  /// The checksum of `bytes`, continuing from `seed`.
  public static func of(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
    daybook_crc32c(seed, bytes.baseAddress, bytes.count)
  }

  /// The checksum of `bytes`, continuing from `seed`.
  public static func of(_ bytes: RawSpan, seed: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { of($0, seed: seed) }
  }

  /// The checksum of `bytes`, continuing from `seed`.
  public static func of(_ bytes: Span<UInt8>, seed: UInt32 = 0) -> UInt32 {
    of(bytes.bytes, seed: seed)
  }

  /// The checksum of `bytes`, continuing from `seed`.
  public static func of(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
    of(bytes.span.bytes, seed: seed)
  }
}
