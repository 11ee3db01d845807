import Events
import Platform

/// The keyring of a journal that is read, as far as it may be read.
struct KeyringView {
  let keyring: Keyring
  /// Why its keys could not be read; nil where they are.
  let refusal: String?

  /// Opens the keyring. A reader who has no right to it, or a copy without it, gets one without
  /// keys: everything personal then reads as erased.
  init(
    _ directory: DataDirectory, _ mode: Journal.Mode, log: LogID, needed: Slot,
    _ surroundings: Journal.Surroundings
  ) throws {
    do {
      keyring = try Keyring.open(
        directory.keyring, log: log,
        options: KeyringOptions(isWritable: mode == .writer, needed: needed),
        entropy: surroundings.entropy)
      refusal = nil
    } catch  where mode != .writer && Self.isExpected(error) {
      keyring = try Keyring.create(
        in: "", log: log, created: surroundings.clock.now(), disk: NoDisk(),
        entropy: surroundings.entropy)
      refusal = "\(error)"
    }
  }

  /// Whether a reader can do without: the keyring is not there, or not for everybody.
  private static func isExpected(_ error: any Error) -> Bool {
    switch error {
    case KeyringError.absent: true
    case let error as SystemError: error.isNotFound || error.isForbidden
    default: false
    }
  }
}

/// A disk in memory, for a keyring that holds nothing.
private struct NoDisk: Disk {
  func open(_ path: String, _ access: DiskAccess) throws -> any DiskFile { NoFile(path) }
  func list(_ directory: String) throws -> [String] { [] }
  func exists(_ path: String) -> Bool { false }
  func createDirectory(_ path: String) throws {}
  func rename(_ path: String, to other: String) throws {}
  func remove(_ path: String) throws {}
  func sync(_ directory: String) throws {}
}

private final class NoFile: DiskFile {
  let path: String

  init(_ path: String) { self.path = path }

  func size() throws -> UInt64 { 0 }
  func read(_ count: Int, at offset: UInt64) throws -> [UInt8] { [] }
  func readCached(_ count: Int, at offset: UInt64) throws -> [UInt8]? { [] }
  func write(_ bytes: [UInt8], at offset: UInt64) throws {}
  func allocate(_ size: UInt64) throws {}
  func truncate(to size: UInt64) throws {}
  func syncData() throws {}
  func syncAll() throws {}
}

extension SystemError {
  /// Whether the operating system denied access: EACCES or EPERM.
  var isForbidden: Bool { code == 13 || code == 1 }
}
