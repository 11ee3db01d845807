/// The read and write buffers of one loop that nobody uses just now.
///
/// Confined to its loop. An idle connection gives its buffers back, so that it costs only itself.
final class BufferPool {
  /// Octets in a pooled buffer; a TLS record fits.
  static let size = 16_384
  /// A loop keeps at most this many spare buffers (1 MiB).
  static let spares = 64

  private var free: [UnsafeMutableRawPointer] = []

  deinit {
    for buffer in free { buffer.deallocate() }
  }

  func take() -> UnsafeMutableRawPointer {
    free.popLast() ?? .allocate(byteCount: Self.size, alignment: 16)
  }

  func give(_ buffer: UnsafeMutableRawPointer, capacity: Int) {
    if capacity == Self.size, free.count < Self.spares {
      free.append(buffer)
    } else {
      buffer.deallocate()
    }
  }
}
