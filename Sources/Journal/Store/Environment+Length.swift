import CLMDB
import Platform
import Synchronization

extension Environment {
  /// Less than this behind the last page, and the file is lengthened: 64 KiB.
  private static var leastRoom: Int { 64 << 10 }
  /// By so much: 1 MiB.
  private static var step: Int { 1 << 20 }

  /// Writes zeros behind the file's last page where it hardly reaches beyond, for the next commit to
  /// sync. Later commits then bring only data to the disk, not the file's length and blocks as well,
  /// each of which is a write of its own.
  ///
  /// It is a favour: where there is no space the file stays as it is. One thread at a time, and only
  /// while nobody else writes to the environment.
  public func lengthen() {
    guard let used = try? usedBytes else { return }
    guard knownLength.load(ordering: .relaxed) < min(used + Self.leastRoom, options.mapSize) else {
      return
    }
    do throws(SystemError) {
      let file = try Descriptor.open("\(path)/data.mdb", [.write])
      var length = Int(clamping: try file.size())
      defer { knownLength.store(length, ordering: .relaxed) }
      guard length < used + Self.leastRoom else { return }
      // In small pieces, which is how the page cache will keep them: LMDB's writes are small.
      let zeros = [UInt8](repeating: 0, count: 16 << 10)
      let end = min(length + Self.step, options.mapSize)
      while length + zeros.count <= end {
        try file.pwrite(zeros, at: UInt64(length))
        length += zeros.count
      }
    } catch {
      return
    }
  }
}
