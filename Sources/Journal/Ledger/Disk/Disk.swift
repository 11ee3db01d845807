import Platform

/// The files that the keyring and the content segments are kept in.
///
/// All their file work goes through it, so that tests can put a disk there that fails, forgets what
/// was not synced, or stops at any operation.
public protocol Disk: Sendable {
  /// Opens a file; `.create` makes it, readable by its owner only, and fails where there is one.
  func open(_ path: String, _ access: DiskAccess) throws -> any DiskFile
  /// The names in a directory, sorted.
  func list(_ directory: String) throws -> [String]
  func exists(_ path: String) -> Bool
  /// Makes a directory, readable by its owner only, and those above it.
  func createDirectory(_ path: String) throws
  /// Gives a file another name in one step, replacing what has it.
  func rename(_ path: String, to other: String) throws
  func remove(_ path: String) throws
  /// Brings the names of a directory to the disk.
  func sync(_ directory: String) throws
}

/// What a file is opened for.
public enum DiskAccess: Hashable, Sendable {
  case read, write, create
}

/// One open file of a `Disk`.
///
/// A failed sync is never repeated: what the kernel dropped, a second one does not know of.
public protocol DiskFile: AnyObject, Sendable {
  var path: String { get }
  /// Bytes of the file.
  func size() throws -> UInt64
  /// The `count` bytes from `offset` on; fewer only at the end of file.
  func read(_ count: Int, at offset: UInt64) throws -> [UInt8]
  /// Like `read`, but nil where the disk would have to be waited for.
  func readCached(_ count: Int, at offset: UInt64) throws -> [UInt8]?
  /// Writes all of `bytes`.
  func write(_ bytes: [UInt8], at offset: UInt64) throws
  /// Lets the disk begin with bytes that were written. A hint: only a sync says that they are there.
  func startWriteback(_ count: Int, at offset: UInt64)
  /// Makes the file at least `size` bytes long, with blocks reserved. Synced by `syncAll`.
  func allocate(_ size: UInt64) throws
  /// Makes the file exactly `size` bytes long. Synced by `syncAll`.
  func truncate(to size: UInt64) throws
  /// Brings written bytes within the allocated size to the disk.
  func syncData() throws
  /// Brings bytes and attributes to the disk.
  func syncAll() throws
}

extension DiskFile {
  public func startWriteback(_ count: Int, at offset: UInt64) {}

  /// Overwrites a range with zeros, in small writes: the page cache would keep one large write as
  /// few large pieces, and look through all of a piece for each small write into it later.
  func writeZeros(_ range: Range<UInt64>) throws {
    let zeros = [UInt8](repeating: 0, count: Int(min(1 << 14, range.upperBound - range.lowerBound)))
    var offset = range.lowerBound
    while offset < range.upperBound {
      let count = min(UInt64(zeros.count), range.upperBound - offset)
      try write(count == zeros.count ? zeros : Array(zeros[..<Int(count)]), at: offset)
      offset += count
    }
  }

  /// Overwrites everything with zeros and syncs, for secrets.
  func wipe() throws {
    try writeZeros(0..<size())
    try syncAll()
  }
}
