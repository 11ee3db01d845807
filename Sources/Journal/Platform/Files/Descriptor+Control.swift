import CPlatform
import Glibc

extension Descriptor {
  /// Brings the written bytes, and the size where it grew, to the disk.
  ///
  /// Never call it again after an error: what the kernel dropped, a second sync does not know of.
  public func fdatasync() throws(SystemError) {
    _ = try check(daybook_fdatasync(raw), "fdatasync")
  }

  /// Brings the bytes and all attributes to the disk. Never call it again after an error.
  public func fsync() throws(SystemError) {
    _ = try check(daybook_fsync(raw), "fsync")
  }

  /// Makes the file exactly `size` bytes long.
  public func truncate(to size: UInt64) throws(SystemError) {
    _ = try check(daybook_truncate(raw, Self.place(size, 0, path)), "ftruncate")
  }

  /// Reserves `count` bytes of disk from `offset` on, and lengthens the file to their end.
  ///
  /// A file that does not grow any more loses no size when the power fails between write and sync.
  public func allocate(_ count: UInt64, at offset: UInt64 = 0) throws(SystemError) {
    let place = try Self.place(offset, 0, path)
    _ = try check(daybook_allocate(raw, place, Self.place(count, 0, path)), "fallocate")
  }

  /// Bytes of the file.
  public func size() throws(SystemError) -> UInt64 {
    try status().size
  }

  /// Size, time and identity of the file.
  public func status() throws(SystemError) -> FileStatus {
    var status = daybook_file_status()
    _ = try check(daybook_status(raw, &status), "fstat")
    return FileStatus(status)
  }

  /// Takes the file's lock for this open file; false where another open file has it.
  ///
  /// It falls away when the descriptor is closed or the process ends, however it ends. It locks out
  /// other processes and other descriptors of this one.
  public func lock() throws(SystemError) -> Bool { try isLocked(daybook_lock(raw)) }

  /// Takes a lock that others may share, and that keeps out whoever wants it alone.
  public func lockShared() throws(SystemError) -> Bool { try isLocked(daybook_lock_shared(raw)) }

  private func isLocked(_ result: Int32) throws(SystemError) -> Bool {
    if result == -EAGAIN || result == -EACCES { return false }
    _ = try check(result, "lock")
    return true
  }
}
