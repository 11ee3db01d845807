import Events
import Platform

/// A backup directory while it is being brought up to date.
struct BackupShelf {
  private let path: String
  /// What the last backup holds.
  private let known: [String: BackupManifest.File]
  private var taken: [String: BackupManifest.File] = [:]
  private(set) var copied = 0
  private(set) var copiedBytes: UInt64 = 0
  private(set) var skipped = 0
  /// Bytes gone through, copied or not.
  private var passed: UInt64 = 0
  private let progress: (UInt64) -> Void

  init(_ path: String, log: LogID, progress: @escaping (UInt64) -> Void) throws {
    self.path = path
    self.progress = progress
    try Directory.create(path, parents: true)
    let manifest = "\(path)/\(BackupManifest.name)"
    guard Directory.exists(manifest) else {
      guard try Directory.list(path).allSatisfy({ Self.parts.contains($0) }) else {
        throw BackupError.foreign(path: path)
      }
      known = [:]
      return
    }
    let last = try BackupManifest.read(path)
    guard last.log == log else { throw BackupError.foreign(path: path) }
    known = Dictionary(last.files.map { ($0.path, $0) }) { first, _ in first }
  }

  /// What a backup that was cut short leaves.
  private static let parts: Set = [
    "journal", "content", "checkpoints", "work", Backup.keyringName, "\(Backup.keyringName).part",
    "\(BackupManifest.name).part",
  ]

  /// The files taken, by path.
  var files: [BackupManifest.File] { taken.values.sorted { $0.path < $1.path } }

  /// Takes the files of a directory that are wanted. Files that vanish meanwhile are left out; a second call takes
  /// what came or changed since.
  mutating func take(
    _ source: String, as name: String, _ isWanted: (String) -> Bool
  ) throws {
    guard Directory.exists(source) else { return }
    for file in try Directory.list(source) where isWanted(file) {
      do { try takeFile("\(source)/\(file)", as: "\(name)/\(file)") } catch let error as SystemError
        where error.isNotFound
      {
        continue
      }
    }
  }

  /// Takes a file, unless the backup has it as it is.
  mutating func takeFile(_ source: String, as name: String) throws {
    let status = try Directory.status(source)
    let target = "\(path)/\(name)"
    if let file = taken[name] ?? known[name], file.size == status.size,
      file.modified == status.modified, try Self.size(target) == status.size
    {
      if taken[name] == nil { skipped += 1 }
      taken[name] = file
      pass(status.size)
      return
    }
    try makeParent(of: target)
    Self.settle(status.modified)
    let (size, digest) = try FileCopy.copy(source, to: target) { progress(passed + $0) }
    pass(size)
    note(name, size, digest, status.modified)
  }

  /// Waits until a change from now on would show in a file's time: that clock ticks every few
  /// milliseconds, and a segment keeps its length when something is written to it.
  private static func settle(_ modified: Timestamp) {
    guard SystemClock().now() < modified + tick else { return }
    _ = Monitor(()).wait(atMost: tick) { _ in nil as Bool? }
  }

  /// Longer than any kernel's.
  private static let tick = Duration.milliseconds(20)

  private mutating func pass(_ bytes: UInt64) {
    passed += bytes
    progress(passed)
  }

  /// Keeps bytes as a file.
  mutating func put(_ bytes: [UInt8], as name: String) throws {
    let unfinished = "\(path)/\(name).part"
    let file = try Descriptor.open(unfinished, [.write, .create, .truncate])
    try file.pwrite(bytes, at: 0)
    try file.fsync()
    try Directory.rename(unfinished, to: "\(path)/\(name)")
    note(name, UInt64(bytes.count), SHA256.digest(bytes), .zero)
  }

  /// An empty directory on the backup's volume.
  func workspace() throws -> String {
    let work = "\(path)/work"
    try Directory.removeTree(work)
    try Directory.create(work)
    return work
  }

  /// Takes a file from the workspace to its place.
  mutating func move(_ source: String, as name: String) throws {
    let target = "\(path)/\(name)"
    try makeParent(of: target)
    let (size, digest) = try FileCopy.digest(source)
    try Directory.rename(source, to: target)
    note(name, size, digest, .zero)
  }

  /// Writes the manifest, and removes what is in no manifest any more.
  mutating func finish(_ manifest: BackupManifest) throws {
    for part in ["journal", "content", "checkpoints"] { try sync("\(path)/\(part)") }
    try Directory.removeTree("\(path)/work")
    let name = "\(path)/\(BackupManifest.name)"
    let file = try Descriptor.open(name + ".part", [.write, .create, .truncate])
    try file.pwrite(Array(manifest.text.utf8), at: 0)
    try file.fsync()
    try Directory.rename(name + ".part", to: name)
    try Directory.sync(path)
    for old in known.keys where taken[old] == nil { try Directory.removeTree("\(path)/\(old)") }
  }

  private mutating func note(
    _ name: String, _ size: UInt64, _ digest: Digest, _ modified: Timestamp
  ) {
    taken[name] = BackupManifest.File(path: name, size: size, digest: digest, modified: modified)
    copied += 1
    copiedBytes += size
  }

  private func makeParent(of file: String) throws {
    if let parent = Directory.parent(of: file) { try Directory.create(parent, parents: true) }
  }

  /// Syncs a directory and those in it.
  private func sync(_ directory: String) throws {
    guard Directory.exists(directory) else { return }
    for name in try Directory.list(directory) {
      let inner = "\(directory)/\(name)"
      if try Directory.status(inner).isDirectory { try sync(inner) }
    }
    try Directory.sync(directory)
  }

  private static func size(_ path: String) throws -> UInt64? {
    guard Directory.exists(path) else { return nil }
    return try Directory.status(path).size
  }
}

extension BackupManifest {
  /// Reads the manifest of a backup directory.
  public static func read(_ directory: String) throws -> BackupManifest {
    let file = try Descriptor.open("\(directory)/\(name)", [.read])
    guard let text = String(validating: try file.readAll(limit: 1 << 28), as: UTF8.self) else {
      throw BackupError.malformed("its text")
    }
    return try BackupManifest(text: text)
  }
}
