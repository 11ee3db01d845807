import Platform
import Synchronization

/// The right of this process to have an environment open, of which there is one.
///
/// LMDB must not open a file twice in one process: closing the second would drop the first one's
/// locks. The directory is held open, so that its number names no other one meanwhile.
final class Claim: Sendable {
  private struct File: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
  }

  private static let taken = Mutex<Set<File>>([])
  private let directory: Descriptor
  private let file: File
  private let isHeld = Mutex(true)

  init(_ path: String) throws(StoreError) {
    directory = try StoreError.translated { () throws(SystemError) in
      try Descriptor.open(path, [.read, .directory])
    }
    do throws(SystemError) {
      let status = try directory.status()
      file = File(device: status.device, inode: status.inode)
    } catch {
      throw StoreError(error)
    }
    guard Self.taken.withLock({ $0.insert(file).inserted }) else {
      isHeld.withLock { $0 = false }
      throw .busy("\(path) is open in this process")
    }
  }

  deinit { release() }

  /// Gives the claim back, when the environment is closed.
  func release() {
    guard takeHold() else { return }
    _ = Self.taken.withLock { $0.remove(file) }
  }

  private func takeHold() -> Bool {
    isHeld.withLock { isHeld in
      defer { isHeld = false }
      return isHeld
    }
  }
}
