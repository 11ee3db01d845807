import Events
import Ledger
import Platform
import State
import Store
import Synchronization

/// The environment of one follower: its tables and how far they are folded.
///
/// Unsynced, as State is: the journal brings back whatever is lost, and after a power cut the newest
/// copy is put in its place.
public final class FollowerStore: Sendable {
  struct Opened: Sendable {
    let environment: Store.Environment
    let tables: FollowerTables
  }

  let directory: String
  private let names: [String]
  private let format: UInt64
  private let access: Store.Environment.Options.Access
  private let opened: Mutex<Opened>

  init<F: Follower>(_ type: F.Type, at directory: String, isWriter: Bool) throws {
    self.directory = directory
    names = F.tables
    format = F.format
    access = isWriter ? .readWrite : .readOnly
    if isWriter { try Directory.create(directory, parents: true) }
    opened = Mutex(try Self.open(directory, F.tables, access))
    if isWriter, try !isOfThisFormat { try discard() }
  }

  /// Whether what is folded was folded by this version's rules.
  var isOfThisFormat: Bool { get throws { try stored(Self.formatKey) == Self.row(format) } }

  private static func open(
    _ directory: String, _ names: [String], _ access: Store.Environment.Options.Access
  ) throws -> Opened {
    let environment = try Store.Environment(
      path: directory, tables: names + [FollowerTables.meta],
      options: Store.Environment.Options(
        mapSize: 64 << 30, durability: .unsynced, access: access))
    return Opened(environment: environment, tables: FollowerTables(environment, names))
  }

  private var now: Opened { opened.withLock { $0 } }

  /// Runs `body` on a view of what is folded. Short, and never across an `await`.
  public func read<R>(
    _ body: (borrowing ReadTransaction, FollowerTables) throws -> R
  ) throws -> R {
    let opened = now
    return try opened.environment.read { try body($0, opened.tables) }
  }

  /// Folds what `body` writes, together with the checkpoint.
  func write(
    _ checkpoint: StateCheckpoint,
    _ body: (borrowing WriteTransaction, FollowerTables) throws -> Void
  ) throws {
    let opened = now
    try opened.environment.write { transaction in
      try body(transaction, opened.tables)
      try transaction.put(opened.tables.meta, Self.checkpointKey, checkpoint.row)
    }
  }

  /// How far it is folded, and of which journal; nil when nothing is.
  public var checkpoint: StateCheckpoint? {
    get throws { try stored(Self.checkpointKey).flatMap { StateCheckpoint(row: $0) } }
  }

  /// The logical digest of its tables.
  public func digest() throws -> Digest {
    try read { transaction, tables in try LogicalDigest.of(tables.folded, transaction) }
  }

  /// Drops everything that is folded.
  func discard() throws {
    let opened = now
    try opened.environment.write { transaction in
      for table in opened.tables.folded + [opened.tables.meta] { try transaction.clear(table) }
      try transaction.put(opened.tables.meta, Self.formatKey, Self.row(format))
    }
  }

  /// Octets of the file.
  var usedBytes: Int { get throws { try now.environment.usedBytes } }

  func copy(to target: String) throws {
    try now.environment.copy(to: target, compacting: true)
  }

  /// Puts another store, folded at least as far, in this one's place. Readers that are at work
  /// finish on the old one.
  func replace(with prepared: FollowerStore) throws {
    prepared.close()
    let old = try DirectorySwap.exchange(prepared.directory, with: directory)
    let (directory, names, access) = (directory, names, access)
    try opened.withLock { opened in
      opened.environment.close()
      opened = try Self.open(directory, names, access)
    }
    try Directory.removeTree(old)
  }

  func close() { now.environment.close() }

  /// Syncs, closes, and marks the directory as one that can be trusted.
  func finish() throws {
    try now.environment.sync()
    close()
    try TrustMark(directory).close()
  }

  private static let checkpointKey = Array("checkpoint".utf8)
  private static let formatKey = Array("format".utf8)

  private static func row(_ number: UInt64) -> [UInt8] { Position(number).keyBytes }

  private func stored(_ key: [UInt8]) throws -> [UInt8]? {
    try read { transaction, tables in try transaction.value(tables.meta, key) }
  }
}

extension Position {
  /// Eight octets, big endian: keys in the order of positions.
  public var keyBytes: [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: rawValue >> UInt64(56 - $0 * 8)) }
  }

  /// The position in the last eight octets of a key.
  init(keyTail key: [UInt8]) {
    self.init(key.suffix(8).reduce(0) { $0 << 8 | UInt64($1) })
  }
}

/// log 16, position 8, root 32.
extension StateCheckpoint {
  var row: [UInt8] { log.rawValue.bytes + position.keyBytes + root.bytes }

  init?(row: [UInt8]) {
    guard row.count == 56, let log = ID(bytes: Array(row[..<16])),
      let root = Digest(bytes: Array(row[24...]))
    else { return nil }
    self.init(
      log: LogID(rawValue: log), position: Position(keyTail: Array(row[16..<24])), root: root)
  }
}
