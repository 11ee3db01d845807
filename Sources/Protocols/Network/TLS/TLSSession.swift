import COpenSSL
import CPlatform

/// The TLS state of one connection, confined to the connection's loop.
final class TLSSession {
  let pointer: OpaquePointer
  /// Held, because OpenSSL calls back into it.
  let context: TLSContext
  private static let errorRoom = 160

  init?(context: TLSContext, descriptor: Int32) {
    let made = daybook_tls_open(
      context.pointer, descriptor, context.isServer ? 1 : 0, context.floor.code)
    guard let made else { return nil }
    pointer = made
    self.context = context
  }

  deinit { daybook_tls_free(pointer) }

  /// Names the server a client speaks to.
  func expect(_ name: String) -> Bool {
    let isAddress = IPAddress(name) != nil
    return daybook_tls_expect(pointer, name, isAddress ? 1 : 0, context.verifies ? 1 : 0) == 1
  }

  func handshake() -> Moved {
    call { error, room in ssize_t(daybook_tls_handshake(pointer, error, room)) }.moved
  }

  func read(into room: UnsafeMutableRawBufferPointer) -> (moved: Moved, count: Int) {
    call { error, size in daybook_tls_read(pointer, room.baseAddress, room.count, error, size) }
  }

  func write(_ bytes: UnsafeRawBufferPointer) -> (moved: Moved, count: Int) {
    call { error, size in daybook_tls_write(pointer, bytes.baseAddress, bytes.count, error, size) }
  }

  /// Whether decrypted or undecrypted octets wait inside OpenSSL.
  var hasPending: Bool { SSL_has_pending(pointer) == 1 }

  /// Tells the peer that no more comes, if the kernel takes it now.
  func end() { daybook_tls_end(pointer) }

  var facts: TLSFacts {
    let cipher = SSL_get_current_cipher(pointer)
    return TLSFacts(
      version: String(cString: SSL_get_version(pointer)),
      cipher: String(cString: SSL_CIPHER_get_name(cipher)),
      bits: Int(SSL_CIPHER_get_bits(cipher, nil)),
      serverName: SSL_get_servername(pointer, TLSEXT_NAMETYPE_host_name).map {
        String(cString: $0).lowercased()
      },
      isResumed: SSL_session_reused(pointer) == 1)
  }

  func binding(_ kind: ChannelBinding) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count: Int32 =
      switch kind {
      case .exporter: daybook_tls_exporter(pointer, &bytes) == 1 ? 32 : 0
      case .unique:
        daybook_tls_unique(pointer, context.isServer ? 1 : 0, &bytes, bytes.count)
      case .serverEndPoint:
        daybook_tls_end_point(pointer, context.isServer ? 1 : 0, &bytes, bytes.count)
      }
    return count > 0 ? Array(bytes[..<Int(count)]) : nil
  }

  private func call(
    _ body: (UnsafeMutablePointer<CChar>, Int) -> ssize_t
  ) -> (moved: Moved, count: Int) {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Self.errorRoom) { error in
      guard let base = error.baseAddress else { return (.failed(.tls("memory is out")), 0) }
      let result = Int(body(base, Self.errorRoom))
      switch result {
      case Int(DAYBOOK_TLS_WANTS_READ): return (.wantsRead, 0)
      case Int(DAYBOOK_TLS_WANTS_WRITE): return (.wantsWrite, 0)
      case Int(DAYBOOK_TLS_ENDED): return (.ended, 0)
      case Int(DAYBOOK_TLS_FAILED): return (.failed(.tls(String(cString: base))), 0)
      default: return (.moved, result)
      }
    }
  }
}
