import Synchronization

/// The segment files that are open for reading: the least recently used is let go of first.
///
/// Whoever reads holds the file meanwhile, so letting go never cuts a read short.
final class OpenFiles: Sendable {
  private struct Cache {
    var files: [UInt32: (file: any DiskFile, used: UInt64)] = [:]
    var clock: UInt64 = 0
  }

  private let disk: any Disk
  private let access: DiskAccess
  private let limit: Int
  private let cache = Mutex(Cache())

  init(disk: any Disk, access: DiskAccess, limit: Int) {
    self.disk = disk
    self.access = access
    self.limit = limit
  }

  /// The file of a segment where it is open already.
  func cached(_ number: UInt32) -> (any DiskFile)? {
    cache.withLock { cache in
      cache.clock += 1
      cache.files[number]?.used = cache.clock
      return cache.files[number]?.file
    }
  }

  /// The file of a segment, opened where it is not yet.
  func file(_ number: UInt32, path: String) throws -> any DiskFile {
    if let file = cached(number) { return file }
    let file = try disk.open(path, access)
    put(file, for: number)
    return file
  }

  /// Takes over a file that was opened elsewhere.
  func put(_ file: any DiskFile, for number: UInt32) {
    cache.withLock { cache in
      if cache.files.count >= limit,
        let oldest = cache.files.min(by: { $0.value.used < $1.value.used })
      {
        cache.files[oldest.key] = nil
      }
      cache.clock += 1
      cache.files[number] = (file, cache.clock)
    }
  }

  func forget(_ number: UInt32) {
    cache.withLock { $0.files[number] = nil }
  }
}
