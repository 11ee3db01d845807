import Events
import Ledger
import State

/// Brings a follower's store forward along the journal.
///
/// Used by one thread at a time; it keeps the decoder with its ciphers.
final class FollowerFold<F: Follower> {
  /// Records of one transaction, at most: large enough that a commit costs little of it.
  private static var stride: UInt64 { 10_000 }
  /// Bytes of records after which a transaction ends, for all of its events are in memory.
  private static var strideBytes: Int { 4 << 20 }

  private let follower: F
  private let journal: Journal
  private let decoder: RecordDecoder

  init(_ follower: F, _ journal: Journal) {
    self.follower = follower
    self.journal = journal
    decoder = journal.reader.decoder(opens: F.readsPersonal)
  }

  /// Folds the next records, at most `through` a position; false where there were none.
  func step(_ store: FollowerStore, through last: Position? = nil) throws -> Bool {
    let start = try store.checkpoint?.position ?? .zero
    let tip = try journal.reader.tip
    let head = min(tip.position, last ?? Position(.max))
    guard start < head else { return false }
    let prepared = try prepare(after: start, through: min(head, start.advanced(by: Self.stride)))
    guard let end = prepared.last?.0.position else { return false }
    // A root further back takes the hashing of up to 256 tiles: too much for a few events at a time.
    let checkpoint =
      end == tip.position
      ? tip
      : StateCheckpoint(log: journal.log, position: end, root: try journal.reader.root(at: end))
    try store.write(checkpoint) { transaction, tables in
      for (recorded, prepared) in prepared {
        try follower.fold(recorded, prepared, tables, transaction)
      }
    }
    return true
  }

  /// Folds up to a position, or to the head; `progress` throws to stop.
  func run(
    _ store: FollowerStore, through last: Position? = nil,
    progress: (Position, Position) throws -> Void = { _, _ in }
  ) throws {
    while try step(store, through: last) {
      try progress(try store.checkpoint?.position ?? .zero, try last ?? journal.reader.head)
    }
  }

  private func prepare(
    after start: Position, through end: Position
  ) throws -> [(Recorded, F.Prepared)] {
    var prepared: [(Recorded, F.Prepared)] = []
    var position = start
    var bytes = 0
    while position < end, bytes < Self.strideBytes {
      let page = try journal.reader.page(
        after: position, limit: Int(end.rawValue - position.rawValue))
      for index in 0..<page.count {
        let record = page[index]
        let recorded = try decoder.decode(record)
        prepared.append((recorded, try follower.prepare(recorded)))
        bytes += record.bytes.count
      }
      position = page.last
    }
    return prepared
  }
}
