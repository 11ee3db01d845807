import Events
import Platform

/// Synced copies of an unsynced environment, from which it starts again after a power cut.
///
/// Each is a directory named by its position, with the copied data file and a seal: the file's length
/// and SHA-256. A copy without a fitting seal is none. Two are kept.
public struct Snapshots: Sendable {
  /// One copy that is whole.
  public struct Snapshot: Sendable {
    public let position: Position
    public let path: String
  }

  private static let kept = 2
  private static let chunk = 1 << 20
  public let directory: String

  public init(_ directory: String) { self.directory = directory }

  /// The positions of the copies, newest first, whole or not.
  public func positions() throws -> [Position] {
    guard Directory.exists(directory) else { return [] }
    return try Directory.list(directory).compactMap { UInt64($0, radix: 16).map { Position($0) } }
      .sorted(by: >)
  }

  /// Makes a copy of the position; `copy` writes `data.mdb`, synced, into the directory it is given.
  public func make(at position: Position, copy: (String) throws -> Void) throws {
    let path = path(position)
    let fresh = path + ".new"
    try Directory.create(directory, parents: true)
    try Directory.removeTree(fresh)
    try Directory.removeTree(path)
    try Directory.create(fresh)
    try copy(fresh)
    let seal = try Descriptor.open(fresh + "/seal", [.write, .create, .exclusive])
    try seal.pwrite(Array(try Self.seal(of: fresh + "/data.mdb").utf8), at: 0)
    try seal.fsync()
    try Directory.sync(fresh)
    try Directory.rename(fresh, to: path)
    try Directory.sync(directory)
    for old in try positions().dropFirst(Self.kept) { try Directory.removeTree(self.path(old)) }
  }

  /// Puts the newest whole copy that `fits` into the empty directory `target`.
  ///
  /// - Returns: its position; nil where there is none, and then nothing was done.
  public func restore(
    into target: String, where fits: (Position) throws -> Bool
  ) throws -> Position? {
    for position in try positions() {
      guard try fits(position), try isWhole(position) else { continue }
      try Directory.create(target, parents: true)
      try Self.copy(path(position) + "/data.mdb", to: target + "/data.mdb")
      try Directory.sync(target)
      return position
    }
    return nil
  }

  /// Whether the copy is what was sealed.
  func isWhole(_ position: Position) throws -> Bool {
    let seal = path(position) + "/seal"
    let data = path(position) + "/data.mdb"
    guard Directory.exists(seal), Directory.exists(data) else { return false }
    let file = try Descriptor.open(seal, [.read])
    return String(decoding: try file.readAll(limit: 4_096), as: UTF8.self)
      == (try Self.seal(of: data))
  }

  private func path(_ position: Position) -> String {
    let digits = String(position.rawValue, radix: 16)
    return directory + "/" + String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func seal(of path: String) throws -> String {
    let file = try Descriptor.open(path, [.read])
    var stream = SHA256Stream()
    var offset: UInt64 = 0
    while case let part = try file.pread(chunk, at: offset), !part.isEmpty {
      stream.update(part)
      offset += UInt64(part.count)
    }
    return "\(offset) \(stream.finish())\n"
  }

  private static func copy(_ source: String, to target: String) throws {
    let from = try Descriptor.open(source, [.read])
    let to = try Descriptor.open(target, [.write, .create, .truncate])
    var offset: UInt64 = 0
    while case let part = try from.pread(chunk, at: offset), !part.isEmpty {
      try to.pwrite(part, at: offset)
      offset += UInt64(part.count)
    }
    try to.fsync()
  }
}
