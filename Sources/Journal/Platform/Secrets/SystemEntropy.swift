import CPlatform
import Synchronization

/// The kernel's random source, read 4 KiB at a time.
///
/// Bytes are wiped from the buffer as they are handed out, so none is given twice and none stays.
/// A machine without random bytes stops the process: nothing safe can be done without them.
public struct SystemEntropy: Entropy {
  public init() {}

  public func fill(_ bytes: UnsafeMutableRawBufferPointer) {
    guard bytes.count <= 1024 else { return EntropyPool.read(bytes) }
    nonisolated(unsafe) let bytes = bytes  // used within the lock only
    Self.pool.withLock { $0.take(bytes) }
  }

  private static let pool = Mutex(EntropyPool())
}

// Safe to send: the buffer is this value's alone.
private struct EntropyPool: ~Copyable, @unchecked Sendable {
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 64)
  private var left = 0

  deinit { buffer.deallocate() }

  mutating func take(_ bytes: UnsafeMutableRawBufferPointer) {
    if left < bytes.count {
      Self.read(buffer)
      left = buffer.count
    }
    let part = UnsafeMutableRawBufferPointer(rebasing: buffer[left - bytes.count..<left])
    bytes.copyMemory(from: UnsafeRawBufferPointer(part))
    daybook_wipe(part.baseAddress, part.count)
    left -= bytes.count
  }

  static func read(_ bytes: UnsafeMutableRawBufferPointer) {
    let code = daybook_random(bytes.baseAddress, bytes.count)
    precondition(code == 0, "the kernel gives no random bytes (\(-code))")
  }
}
