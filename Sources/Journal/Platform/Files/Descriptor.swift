import CPlatform
import Glibc

/// An open file, closed when its owner lets go of it.
///
/// Reads and writes are made again until they are whole: a short one never reaches the caller. A
/// sync is never made twice, because the second may falsely succeed.
public struct Descriptor: ~Copyable, Sendable {
  /// The kernel's number of the open file.
  public let raw: Int32
  /// What it was opened by, for errors.
  public let path: String

  /// How a file is opened.
  public struct Flags: OptionSet, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
      self.rawValue = rawValue
    }

    public static let read = Flags(rawValue: 1)
    public static let write = Flags(rawValue: 2)
    /// Creates the file where there is none.
    public static let create = Flags(rawValue: 4)
    /// With `create`: fails where there is a file already.
    public static let exclusive = Flags(rawValue: 8)
    /// Empties the file.
    public static let truncate = Flags(rawValue: 16)
    /// Writes go to the end.
    public static let append = Flags(rawValue: 32)
    /// Fails where the path is not a directory.
    public static let directory = Flags(rawValue: 64)
    /// Fails where the last component is a symbolic link.
    public static let noFollow = Flags(rawValue: 128)

    var posix: Int32 {
      var flags = contains(.write) ? (contains(.read) ? O_RDWR : O_WRONLY) : O_RDONLY
      let others: [(Flags, Int32)] = [
        (.create, O_CREAT), (.exclusive, O_EXCL), (.truncate, O_TRUNC), (.append, O_APPEND),
        (.directory, O_DIRECTORY), (.noFollow, O_NOFOLLOW),
      ]
      for (flag, bit) in others where contains(flag) { flags |= bit }
      return flags
    }
  }

  /// Takes over an open descriptor.
  public init(owning raw: Int32, path: String) {
    self.raw = raw
    self.path = path
  }

  deinit {
    // What a close reports late was asked for by a sync before, where it matters.
    _ = daybook_close(raw)
  }

  /// Opens `path`; a file that is created gets the permissions `mode`.
  public static func open(
    _ path: String, _ flags: Flags, mode: UInt32 = 0o600
  ) throws(SystemError) -> Descriptor {
    let raw = try SystemError.check(daybook_open(path, flags.posix, mode), "open", path)
    return Descriptor(owning: raw, path: path)
  }

  func check<Result: BinaryInteger>(
    _ result: Result, _ operation: StaticString
  ) throws(SystemError) -> Result {
    try SystemError.check(result, operation, path)
  }
}
