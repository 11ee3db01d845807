import CPlatform
import Synchronization

/// AES-256-GCM under one key. NIST SP 800-38D
///
/// The key's schedule is kept, so a cipher is worth keeping while its key is in use. Threads may
/// share one, but take turns. A nonce is 12 bytes and must never be used twice with one key; what
/// is sealed grows by the 16 bytes of the tag.
public final class Cipher: Sendable {
  /// Bytes of a nonce.
  public static let nonceCount = 12
  /// Bytes by which sealing lengthens.
  public static let tagCount = 16

  private let context: Mutex<Context>

  public init(_ key: Key) {
    context = Mutex(Context(key))
  }

  /// Seals `plain` into `sealed`, which has room for exactly 16 bytes more.
  public func seal(
    _ plain: UnsafeRawBufferPointer, nonce: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer,
    into sealed: UnsafeMutableRawBufferPointer
  ) {
    precondition(nonce.count == Self.nonceCount && sealed.count == plain.count + Self.tagCount)
    let done = context.withLock {
      daybook_gcm_seal(
        $0.gcm, nonce.baseAddress, aad.baseAddress, aad.count, plain.baseAddress, plain.count,
        sealed.baseAddress)
    }
    precondition(done == 1, "OpenSSL cannot seal with AES-256-GCM")
  }

  /// Opens `sealed` into `plain`, which has room for exactly 16 bytes less.
  ///
  /// False where the tag does not fit the key, the nonce, `aad` and the bytes; then `plain` is
  /// zero.
  public func open(
    _ sealed: UnsafeRawBufferPointer, nonce: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer,
    into plain: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard nonce.count == Self.nonceCount, sealed.count == plain.count + Self.tagCount else {
      return false
    }
    return context.withLock {
      daybook_gcm_open(
        $0.gcm, nonce.baseAddress, aad.baseAddress, aad.count, sealed.baseAddress, plain.count,
        plain.baseAddress)
    } == 1
  }

  // Safe to send: the OpenSSL context is this value's alone.
  private struct Context: ~Copyable, @unchecked Sendable {
    let gcm: OpaquePointer

    init(_ key: Key) {
      let made = key.octets.withUnsafeBytes { daybook_gcm_create($0.baseAddress) }
      guard let made else { fatalError("OpenSSL has no AES-256-GCM") }
      gcm = made
    }

    deinit { daybook_gcm_destroy(gcm) }
  }
}
