import CPlatform
import Glibc

/// What the file system tells about a file.
public struct FileStatus: Hashable, Sendable {
  /// Bytes.
  public let size: UInt64
  /// When its bytes were last changed.
  public let modified: Timestamp
  /// The volume it lies on.
  public let device: UInt64
  /// Its number on that volume.
  public let inode: UInt64
  /// The Unix uid that owns it.
  public let owner: UInt32
  /// Permission bits, such as 0o600.
  public let permissions: UInt32
  public let isDirectory: Bool

  init(_ status: daybook_file_status) {
    size = UInt64(max(0, status.size))
    modified = Timestamp(microseconds: status.modified_microseconds)
    device = status.device
    inode = status.inode
    owner = status.owner
    permissions = status.mode & 0o7777
    isDirectory = status.mode & S_IFMT == S_IFDIR
  }
}
