import Events
import Platform
import Store

/// One epoch of the journal: an LMDB environment with the tables `event`, `tile` and `meta`.
///
/// Reading is safe from any thread and process. Only the journal's one writer adds to it, and only
/// to the newest epoch.
final class Epoch: Sendable {
  static let tableNames = ["event", "tile", "meta"]

  let number: UInt64
  let path: String
  let log: LogID
  /// The position of its first record.
  let first: Position
  let environment: Environment
  let events: Table
  let tiles: Table
  let metaTable: MetaTable

  /// Opens an epoch that exists.
  ///
  /// It is read before it is opened for writing, which would make tables that damage hides.
  init(
    _ number: UInt64, at path: String, limits: EpochLimits, access: Environment.Options.Access
  ) throws {
    let (reading, meta) = try Self.read(
      number, at: path, limits: limits, access: access == .readWrite ? .readOnly : access)
    self.number = number
    self.path = path
    log = meta.log
    first = meta.first
    if access == .readWrite {
      reading.close()
      environment = try Environment(
        path: path, tables: Self.tableNames, options: Self.options(limits, .readWrite))
    } else {
      environment = reading
    }
    events = environment.table("event")
    tiles = environment.table("tile")
    metaTable = MetaTable(environment.table("meta"), of: path)
  }

  /// Opens an epoch for reading and takes in what it says of itself.
  private static func read(
    _ number: UInt64, at path: String, limits: EpochLimits, access: Environment.Options.Access
  ) throws -> (Environment, EpochMeta) {
    let environment = try Environment(
      path: path, tables: tableNames, options: options(limits, access))
    let table = MetaTable(environment.table("meta"), of: path)
    let meta = try environment.read { try EpochMeta(table, in: $0) }
    guard meta.epoch == number else {
      throw LedgerError.damaged(
        position: meta.first, what: "\(path) says that it is epoch \(meta.epoch)")
    }
    return (environment, meta)
  }

  /// Makes an epoch at `unfinished`, synced, and moves it to `path` in one step.
  ///
  /// What a crash left at `unfinished` is removed first, so it can be repeated.
  static func create(
    _ meta: EpochMeta, unfinished: String, at path: String, in journal: String,
    limits: EpochLimits, fault: (EpochStep) throws -> Void = { _ in }
  ) throws {
    try Directory.removeTree(unfinished)
    try Directory.create(unfinished)
    try fault(.emptied)
    let environment = try Environment(
      path: unfinished, tables: tableNames, options: options(limits, .readWrite))
    let table = MetaTable(environment.table("meta"), of: path)
    try environment.write { try meta.write(to: table, in: $0) }
    environment.close()
    try Directory.sync(unfinished)
    try fault(.written)
    try Directory.rename(unfinished, to: path)
    try Directory.sync(journal)
    try fault(.named)
  }

  /// What the table `meta` says now.
  func meta() throws -> EpochMeta {
    try environment.read { try EpochMeta(metaTable, in: $0) }
  }

  /// The tree over everything up to the epoch's last record.
  func tip() throws -> Frontier {
    try environment.read { try metaTable.frontier(.tip, in: $0) }
  }

  /// A copy of one record.
  func record(at position: Position) throws -> RawRecord? {
    try environment.read { transaction in
      try transaction.value(events, bigEndian(position.rawValue)).map {
        RawRecord(position: position, bytes: $0)
      }
    }
  }

  /// Copies of the records from `position` on, at most `limit` and at most one page.
  ///
  /// - Throws: `LedgerError.damaged` where a position is missing between two that are there.
  func page(from position: Position, limit: Int) throws -> RecordPage {
    var page = RecordPage(first: position)
    try environment.read { transaction in
      try transaction.scan(events, from: bigEndian(position.rawValue)) { key, record in
        let expected = page.position(page.count)
        guard Ledger.number(bigEndian: key) == expected.rawValue else {
          throw LedgerError.damaged(position: expected, what: "the record is missing")
        }
        page.append(record)
        return !page.isFull(limit: limit)
      }
    }
    return page
  }

  /// A stored full tile.
  func tile(_ key: TileKey) throws -> Tile? {
    guard let bytes = try environment.read({ try $0.value(tiles, key.bytes) }) else { return nil }
    do { return try Tile(key: key, bytes: bytes) } catch {
      throw LedgerError.damaged(
        position: Position(rawValue: key.firstLeaf + 1), what: "tile \(key.path())")
    }
  }

  private static func options(
    _ limits: EpochLimits, _ access: Environment.Options.Access
  ) -> Environment.Options {
    Environment.Options(
      mapSize: limits.mapSize, maxTables: tableNames.count, maxReaders: limits.readers,
      durability: .synced, access: access)
  }
}

extension Epoch {
  /// Adds records behind the last one.
  func append(_ batch: RecordBatch, to transaction: borrowing WriteTransaction) throws {
    let bytes = unsafe batch.bytes.span.bytes
    var number = batch.first.rawValue
    for index in 0..<batch.count {
      try transaction.append(events, number, bytes.extracting(batch.range(index)))
      number += 1
    }
  }
}

extension Epoch {
  /// Writes what has changed from one tip to the next.
  func write(_ new: Tip, replacing old: Tip, to transaction: borrowing WriteTransaction) throws {
    if new.tree.size != old.tree.size {
      try metaTable.put(.tip, new.tree.frontier.bytes, in: transaction)
    }
    if let note = new.checkpoint, note != old.checkpoint {
      try metaTable.put(.checkpoint, Array(note.utf8), in: transaction)
    }
    if new.keyring != old.keyring {
      try metaTable.put(.keyring, EpochMeta.bytes(new.keyring), in: transaction)
    }
    guard new.pending != old.pending else { return }
    if new.pending.isEmpty {
      try metaTable.delete(.pending, in: transaction)
    } else {
      try metaTable.put(.pending, EpochMeta.bytes(new.pending), in: transaction)
    }
  }
}

// MARK: verification

extension Epoch {
  /// Looks each record of a page up by its key: a damaged inner page shows only there.
  func checkLookups(_ page: RecordPage) throws {
    try environment.read { transaction in
      for index in 0..<page.count {
        let position = page.position(index)
        let isFound = try transaction.withValue(events, bigEndian(position.rawValue)) { found in
          guard let found else { return false }
          return page.holds(found, at: index)
        }
        guard isFound else {
          throw LedgerError.damaged(position: position, what: "the record is not found by its key")
        }
      }
    }
  }

  /// How much an epoch holds at one moment.
  struct Counts {
    let tip: Frontier
    let events: Int
    let tiles: Int
    let isSigned: Bool
    /// Whether `meta` holds what nobody wrote there.
    let hasUnknownMeta: Bool
  }

  func counts() throws -> Counts {
    try environment.read { transaction in
      let known = try MetaTable.Key.allCases.count { key in
        try metaTable.value(key, in: transaction) != nil
      }
      return Counts(
        tip: try metaTable.frontier(.tip, in: transaction),
        events: try transaction.count(events), tiles: try transaction.count(tiles),
        isSigned: try metaTable.value(.checkpoint, in: transaction) != nil,
        hasUnknownMeta: try metaTable.count(in: transaction) != known)
    }
  }
}
