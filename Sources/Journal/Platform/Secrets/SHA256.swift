import CPlatform

/// The hash of the journal: records, tree nodes and contents. FIPS 180-4
public enum SHA256 {
  /// The digest of `bytes`.
  public static func digest(_ bytes: UnsafeRawBufferPointer) -> Digest {
    digest(-1, bytes, UnsafeRawBufferPointer(start: nil, count: 0))
  }

  /// The digest of `bytes`.
  public static func digest(_ bytes: RawSpan) -> Digest {
    bytes.withUnsafeBytes { digest($0) }
  }

  /// The digest of `bytes`.
  public static func digest(_ bytes: Span<UInt8>) -> Digest {
    digest(bytes.bytes)
  }

  /// The digest of `bytes`.
  public static func digest(_ bytes: [UInt8]) -> Digest {
    digest(bytes.span.bytes)
  }

  /// The digest of the byte `prefix` followed by `bytes`, as the leaves of a tree are hashed.
  /// RFC 9162 §2.1.1
  public static func digest(prefix: UInt8, _ bytes: UnsafeRawBufferPointer) -> Digest {
    digest(Int32(prefix), bytes, UnsafeRawBufferPointer(start: nil, count: 0))
  }

  /// The digest of the byte `prefix` followed by `bytes`.
  public static func digest(prefix: UInt8, _ bytes: RawSpan) -> Digest {
    bytes.withUnsafeBytes { digest(prefix: prefix, $0) }
  }

  /// The digest of the byte `prefix` followed by `bytes`.
  public static func digest(prefix: UInt8, _ bytes: Span<UInt8>) -> Digest {
    digest(prefix: prefix, bytes.bytes)
  }

  /// The digest of the byte `prefix` followed by `bytes`.
  public static func digest(prefix: UInt8, _ bytes: [UInt8]) -> Digest {
    digest(prefix: prefix, bytes.span.bytes)
  }

  /// The digest of an inner node of a tree: 0x01, `left`, `right`. RFC 9162 §2.1.1
  public static func node(_ left: Digest, _ right: Digest) -> Digest {
    left.octets.withUnsafeBytes { first in
      right.octets.withUnsafeBytes { second in digest(1, first, second) }
    }
  }

  private static func digest(
    _ prefix: Int32, _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer
  ) -> Digest {
    Digest(
      octets: Octets32 { out in
        daybook_sha256(
          prefix, first.baseAddress, first.count, second.baseAddress, second.count, out.baseAddress)
      })
  }
}
