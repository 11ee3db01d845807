import Platform

/// The machine's own disk.
public struct SystemDisk: Disk {
  public init() {}

  public func open(_ path: String, _ access: DiskAccess) throws -> any DiskFile {
    switch access {
    case .read: SystemFile(try Descriptor.open(path, [.read]))
    case .write: SystemFile(try Descriptor.open(path, [.read, .write]))
    case .create:
      SystemFile(try Descriptor.open(path, [.read, .write, .create, .exclusive], mode: 0o600))
    }
  }

  public func list(_ directory: String) throws -> [String] { try Directory.list(directory) }
  public func exists(_ path: String) -> Bool { Directory.exists(path) }

  public func createDirectory(_ path: String) throws {
    try Directory.create(path, parents: true)
  }

  public func rename(_ path: String, to other: String) throws {
    try Directory.rename(path, to: other)
  }

  public func remove(_ path: String) throws { try Directory.remove(path) }
  public func sync(_ directory: String) throws { try Directory.sync(directory) }
}

/// One open file of the machine's disk.
final class SystemFile: DiskFile {
  private let descriptor: Descriptor

  init(_ descriptor: consuming Descriptor) {
    self.descriptor = descriptor
  }

  var path: String { descriptor.path }

  func size() throws -> UInt64 { try descriptor.size() }

  func read(_ count: Int, at offset: UInt64) throws -> [UInt8] {
    try descriptor.pread(count, at: offset)
  }

  func readCached(_ count: Int, at offset: UInt64) throws -> [UInt8]? {
    try descriptor.preadNoWait(count, at: offset)
  }

  func write(_ bytes: [UInt8], at offset: UInt64) throws {
    try descriptor.pwrite(bytes, at: offset)
  }

  func startWriteback(_ count: Int, at offset: UInt64) {
    descriptor.startWriteback(count, at: offset)
  }

  func allocate(_ size: UInt64) throws {
    let now = try descriptor.size()
    guard now < size else { return }
    do { try descriptor.allocate(size - now, at: now) } catch {
      // A disk that gets full on the way leaves what it had given so far.
      try descriptor.truncate(to: now)
      throw error
    }
  }

  func truncate(to size: UInt64) throws { try descriptor.truncate(to: size) }
  func syncData() throws { try descriptor.fdatasync() }
  func syncAll() throws { try descriptor.fsync() }
}
