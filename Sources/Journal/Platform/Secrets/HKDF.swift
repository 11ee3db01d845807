/// Keys made from a key, one for each purpose. RFC 5869
public enum HKDF {
  /// HKDF-Expand with SHA-256 to 32 bytes: the key for the purpose that `info` names.
  /// RFC 5869 §2.3
  ///
  /// `key` must be uniformly random, which is why there is no extract step.
  public static func expand(_ key: Key, info: String) -> Key {
    var info = info
    return info.withUTF8 { info in
      key.octets.withUnsafeBytes { secret in
        var counter: UInt8 = 1
        return Key(
          octets: Octets32 {
            HMAC.authenticate(secret, UnsafeRawBufferPointer(info), &counter, 1, into: $0)
          })
      }
    }
  }
}
