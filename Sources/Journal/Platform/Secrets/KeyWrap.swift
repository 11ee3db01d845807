import CPlatform

/// A key sealed under another, without a nonce. RFC 3394
public enum KeyWrap {
  /// Bytes of a wrapped key.
  public static let count = 40

  /// The 40 bytes that `key` becomes under `wrapping`.
  public static func wrap(_ key: Key, under wrapping: Key) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      let done = wrapping.octets.withUnsafeBytes { wrapping in
        key.octets.withUnsafeBytes {
          daybook_wrap(wrapping.baseAddress, $0.baseAddress, out.baseAddress)
        }
      }
      precondition(done == 1, "OpenSSL cannot wrap keys with AES-256")
      filled = count
    }
  }

  /// The key in 40 wrapped bytes; nil where they were not wrapped under `wrapping`.
  public static func unwrap(_ wrapped: Span<UInt8>, under wrapping: Key) -> Key? {
    guard wrapped.count == count else { return nil }
    var octets = Octets32()
    var done: Int32 = 0
    wrapped.withUnsafeBytes { wrapped in
      wrapping.octets.withUnsafeBytes { wrapping in
        octets.withUnsafeMutableBytes {
          done = daybook_unwrap(wrapping.baseAddress, wrapped.baseAddress, $0.baseAddress)
        }
      }
    }
    return done == 1 ? Key(octets: octets) : nil
  }

  /// The key in 40 wrapped bytes; nil where they were not wrapped under `wrapping`.
  public static func unwrap(_ wrapped: [UInt8], under wrapping: Key) -> Key? {
    unwrap(wrapped.span, under: wrapping)
  }
}
