import CPlatform

/// Password hashing for SCRAM and verifiers. RFC 8018 §5.2
public enum PBKDF2 {
  /// PBKDF2 with HMAC-SHA-256 to 32 bytes. `iterations` is at least 1; 10,000 take about 3 ms, so
  /// run it on the worker pool.
  public static func sha256(password: [UInt8], salt: [UInt8], iterations: Int) -> Digest {
    precondition(iterations >= 1 && iterations <= Int32.max, "iterations out of range")
    return Digest(
      octets: Octets32 { out in
        let done = daybook_pbkdf2_sha256(
          password, password.count, salt, salt.count, Int32(iterations), out.baseAddress, 32)
        precondition(done == 1, "OpenSSL has no PBKDF2 with SHA-256")
      })
  }
}
