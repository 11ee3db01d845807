import CPlatform

/// The signature of checkpoints. RFC 8032 §5.1
public enum Ed25519 {
  /// The 32 bytes of the public key that belongs to `seed`, the private key.
  public static func publicKey(seed: Key) -> [UInt8] {
    made(32) { out in
      seed.octets.withUnsafeBytes { daybook_ed25519_public($0.baseAddress, out) }
    }
  }

  /// The 64 bytes of the signature of `message` under `seed`.
  public static func sign(_ message: [UInt8], seed: Key) -> [UInt8] {
    made(64) { out in
      seed.octets.withUnsafeBytes {
        daybook_ed25519_sign($0.baseAddress, message, message.count, out)
      }
    }
  }

  /// Whether `signature` (64 bytes) is that of `message` under `publicKey` (32 bytes).
  public static func verify(_ signature: [UInt8], of message: [UInt8], publicKey: [UInt8]) -> Bool {
    guard signature.count == 64, publicKey.count == 32 else { return false }
    return daybook_ed25519_verify(publicKey, message, message.count, signature) == 1
  }

  private static func made(_ count: Int, _ make: (UnsafeMutablePointer<UInt8>?) -> Int32) -> [UInt8]
  {
    [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      precondition(make(out.baseAddress) == 1, "OpenSSL has no Ed25519")
      filled = count
    }
  }
}
