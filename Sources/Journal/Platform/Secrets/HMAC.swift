import CPlatform

/// Keyed hashes. RFC 2104
public enum HMAC {
  /// HMAC-SHA-256 of `bytes`, which takes a key of any length.
  public static func sha256(key: RawSpan, _ bytes: RawSpan) -> Digest {
    key.withUnsafeBytes { key in
      bytes.withUnsafeBytes { bytes in
        Digest(octets: Octets32 { authenticate(key, bytes, nil, 0, into: $0) })
      }
    }
  }

  /// HMAC-SHA-256 of `bytes`, which takes a key of any length.
  public static func sha256(key: Span<UInt8>, _ bytes: Span<UInt8>) -> Digest {
    sha256(key: key.bytes, bytes.bytes)
  }

  /// HMAC-SHA-256 of `bytes`, which takes a key of any length.
  public static func sha256(key: [UInt8], _ bytes: [UInt8]) -> Digest {
    sha256(key: key.span.bytes, bytes.span.bytes)
  }

  /// HMAC-SHA-256 of `bytes` under a key of the keyring.
  public static func sha256(key: Key, _ bytes: [UInt8]) -> Digest {
    key.octets.withUnsafeBytes { key in
      bytes.withUnsafeBytes { bytes in
        Digest(octets: Octets32 { authenticate(key, bytes, nil, 0, into: $0) })
      }
    }
  }

  /// HMAC-MD5 of `bytes`, sixteen bytes, for CRAM-MD5 only. RFC 2195 §2
  public static func md5(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
    var mac = [UInt8](repeating: 0, count: 16)
    let done = daybook_hmac_md5(key, key.count, bytes, bytes.count, &mac)
    precondition(done == 1, "OpenSSL has no MD5")
    return mac
  }

  static func authenticate(
    _ key: UnsafeRawBufferPointer, _ first: UnsafeRawBufferPointer,
    _ second: UnsafeRawPointer?, _ secondCount: Int, into mac: UnsafeMutableRawBufferPointer
  ) {
    daybook_hmac_sha256(
      key.baseAddress, key.count, first.baseAddress, first.count, second, secondCount,
      mac.baseAddress)
  }
}
