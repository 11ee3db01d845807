import Events
import Platform
import Synchronization

/// Reads the journal: any thread, any number of them, also beside a writer in another process.
///
/// Everything it gives is a copy; no read transaction is held when a call returns.
public final class JournalReader: Sendable {
  /// The journal's log id.
  public var log: LogID { epochs.log }
  private let epochs: Epochs
  private let keyring: Keyring
  /// Where the writer of this process stands; unused in other processes.
  private let written: Mutex<StateCheckpoint>

  init(_ epochs: Epochs, keyring: Keyring) throws {
    self.epochs = epochs
    self.keyring = keyring
    written = Mutex(StateCheckpoint(log: epochs.log, tree: try epochs.tip()))
  }

  /// The last position that is durable; zero while there is none.
  public var head: Position {
    get throws {
      epochs.isWriter ? written.withLock { $0.position } : Position(try epochs.tip().size)
    }
  }

  /// The head and the root there, which near the head is had without reading: `root` has to hash.
  public var tip: StateCheckpoint {
    get throws {
      epochs.isWriter
        ? written.withLock { $0 } : StateCheckpoint(log: epochs.log, tree: try epochs.tip())
    }
  }

  /// Copies up to `limit` of the records after a position: at most 1,000, or 1 MiB of them.
  ///
  /// Empty only at the head.
  public func page(after position: Position, limit: Int = RecordPage.recordLimit) throws
    -> RecordPage
  {
    let first = position.advanced()
    let head = try head
    guard first <= head else { return RecordPage(first: first) }
    let most = min(UInt64(clamping: limit), head.rawValue - position.rawValue)
    let page = try epochs.epoch(of: first).page(
      from: first, limit: min(Int(most), RecordPage.recordLimit))
    guard !page.isEmpty else {
      throw LedgerError.damaged(position: first, what: "the record is missing")
    }
    return page
  }

  /// Copies up to `limit` of the records after a position; see `page`.
  public func records(
    after position: Position, limit: Int = RecordPage.recordLimit
  ) throws -> [RawRecord] {
    try page(after: position, limit: limit).records
  }

  /// Copies one record; nil where the position is zero or beyond the head.
  public func record(at position: Position) throws -> RawRecord? {
    guard position > .zero, position <= (try head) else { return nil }
    guard let record = try epochs.epoch(of: position).record(at: position) else {
      throw LedgerError.damaged(position: position, what: "the record is missing")
    }
    return record
  }

  /// Something that turns records into events; it keeps what it learns, so use one for many.
  ///
  /// - Parameter opens: whether personal parts are opened; else they read as erased.
  public func decoder(opens: Bool = true) -> RecordDecoder {
    RecordDecoder(self, keyring: keyring, opens: opens)
  }

  /// Decodes one record.
  public func decode(_ record: RawRecord) throws -> Recorded {
    try decoder().decode(record)
  }

  func advance(to tip: StateCheckpoint) {
    written.withLock { $0 = tip }
  }
}

// MARK: the tree

extension JournalReader {
  /// The tree over everything that is durable now, with the partial tiles hashed from records.
  public func tree() throws -> MerkleTree {
    let frontier = try epochs.tip()
    return try MerkleTree(
      frontier: frontier, leaves: try leaves(after: frontier.size & ~255, through: frontier.size),
      tile: tile)
  }

  /// The stored full tile of a key; nil where it is not full yet.
  public func tile(_ key: TileKey) throws -> Tile? {
    try epochs.tile(key)
  }

  /// The root of the tree over the records up to a position.
  public func root(at position: Position) throws -> Digest {
    let size = position.rawValue
    let leaves = try leaves(after: size & ~255, through: size)
    return try MerkleTree(size: size, leaves: leaves, tile: tile).root
  }

  /// The leaf hashes of a few records, read back.
  private func leaves(after: UInt64, through: UInt64) throws -> [Digest] {
    var leaves: [Digest] = []
    while after + UInt64(leaves.count) < through {
      let last = after + UInt64(leaves.count)
      let page = try page(after: Position(last), limit: Int(clamping: through - last))
      for index in 0..<page.count {
        leaves.append(try page.leaf(index))
      }
    }
    return leaves
  }
}

// MARK: searches

extension JournalReader {
  /// The position of an event: a binary search, for ids grow with positions.
  public func position(of id: EventID) throws -> Position? {
    let found = try firstPosition { $0.rawValue >= id.rawValue }
    guard let found, try eventID(at: found) == id else { return nil }
    return found
  }

  /// The first position whose time is at or after `time`, to the millisecond; nil where none is.
  ///
  /// Where the clock has stepped back it is the first time that `time` was reached: the search goes
  /// by the times in the ids, which never step back.
  public func position(at time: Timestamp) throws -> Position? {
    let wanted = ID.timed(time, random: (0, 0))
    return try firstPosition { $0.rawValue >= wanted }
  }

  /// Whether the last event tells of an orderly stop.
  func endsCleanly() throws -> Bool {
    try record(at: try head)?.header()?.type == ServerStopped.type
  }

  /// The first position with an id that `matches`, which must hold for all greater ids.
  private func firstPosition(where matches: (EventID) -> Bool) throws -> Position? {
    let head = try head.rawValue
    var low: UInt64 = 1
    var high = head + 1
    while low < high {
      let middle = low + (high - low) / 2
      guard let (position, id) = try event(from: middle, below: high) else {
        // Nothing but redacted records from here to `high`.
        high = middle
        continue
      }
      if matches(id) { high = middle } else { low = position + 1 }
    }
    // `low` may stand at redacted records before the first match.
    return try event(from: low, below: head + 1).map { Position($0.position) }
  }

  private func event(
    from start: UInt64, below end: UInt64
  ) throws -> (position: UInt64, id: EventID)? {
    for position in start..<max(start, end) {
      if let id = try eventID(at: Position(position)) { return (position, id) }
    }
    return nil
  }

  private func eventID(at position: Position) throws -> EventID? {
    try record(at: position)?.header()?.id
  }
}
