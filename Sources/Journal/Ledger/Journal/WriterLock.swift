import Platform
import Synchronization

/// The lock that admits one writer process to a data directory.
///
/// It falls away with the process, however that ends. The file's text is the writer's process id,
/// for whoever finds it locked.
final class WriterLock: Sendable {
  private let file: Mutex<Descriptor?>

  /// - Throws: `LedgerError.locked` where another process, or another part of this one, has it.
  init(_ directory: DataDirectory) throws {
    let file = try Descriptor.open(directory.lock, [.read, .write, .create])
    guard try file.lock() else {
      throw LedgerError.locked(path: directory.path, process: try Self.writer(file))
    }
    let process = Self.number(try Descriptor.open("/proc/self/stat", [.read]).readAll())
    try file.truncate(to: 0)
    try file.pwrite(Array("\(process ?? 0)\n".utf8), at: 0)
    self.file = Mutex(file)
  }

  /// Keeps writers out while somebody only looks, and writes nothing itself. Nil where nobody has
  /// ever written, so that there is no file to lock.
  ///
  /// - Throws: `LedgerError.locked` where a writer has it.
  init?(observing directory: DataDirectory) throws {
    guard Directory.exists(directory.lock) else { return nil }
    let file = try Descriptor.open(directory.lock, [.read])
    guard try file.lockShared() else {
      throw LedgerError.locked(path: directory.path, process: try Self.writer(file))
    }
    self.file = Mutex(file)
  }

  /// Whether a process writes to a data directory now.
  static func isHeld(_ directory: DataDirectory) -> Bool {
    do {
      return try !Descriptor.open(directory.lock, [.read, .write]).lock()
    } catch {
      // Where there is no lock file nobody writes; what cannot be asked may be held.
      return !error.isNotFound
    }
  }

  /// Lets another writer in.
  func release() {
    file.withLock { $0 = nil }
  }

  /// The process that the lock file names, where it is alive: an observer holds the lock and does
  /// not write its name over the last writer's.
  private static func writer(_ file: borrowing Descriptor) throws -> Int32? {
    try number(file.pread(16, at: 0)).flatMap { Directory.exists("/proc/\($0)") ? $0 : nil }
  }

  /// The number a text begins with.
  private static func number(_ text: [UInt8]) -> Int32? {
    let digits = text.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    return Int32(String(decoding: digits, as: UTF8.self))
  }
}
