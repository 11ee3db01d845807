import Events
import Ledger
import State

/// Brings a follower's store forward along the journal.
///
/// Used by one thread at a time; it keeps the decoder with its ciphers.
final class FollowerFold<F: Follower> {
  /// Records of one transaction, at most: large enough that a commit costs little of it.
  private static var stride: Int { 10_000 }

  private let follower: F
  private let journal: Journal
  private let decoder: RecordDecoder

  init(_ follower: F, _ journal: Journal) {
    self.follower = follower
    self.journal = journal
    decoder = journal.reader.decoder()
  }

  /// Folds the next records, at most `through` a position; false where there were none.
  func step(_ store: FollowerStore, through last: Position? = nil) throws -> Bool {
    let start = try store.checkpoint?.position ?? .zero
    let head = min(try journal.reader.head, last ?? Position(.max))
    guard start < head else { return false }
    let end = min(head, start.advanced(by: UInt64(Self.stride)))
    let prepared = try prepare(after: start, through: end)
    let checkpoint = StateCheckpoint(
      log: journal.log, position: end, root: try journal.reader.root(at: end))
    try store.write(checkpoint) { transaction, tables in
      for (recorded, prepared) in prepared {
        try follower.fold(recorded, prepared, tables, transaction)
      }
    }
    return true
  }

  /// Folds up to a position, or to the head.
  func run(
    _ store: FollowerStore, through last: Position? = nil,
    progress: (Position, Position) -> Void = { _, _ in }
  ) throws {
    while try step(store, through: last) {
      progress(try store.checkpoint?.position ?? .zero, try last ?? journal.reader.head)
    }
  }

  /// Whether what is folded was folded from this journal.
  func fits(_ checkpoint: StateCheckpoint) throws -> Bool {
    try checkpoint.log == journal.log && checkpoint.position <= journal.reader.head
      && journal.reader.root(at: checkpoint.position) == checkpoint.root
  }

  private func prepare(
    after start: Position, through end: Position
  ) throws -> [(Recorded, F.Prepared)] {
    var prepared: [(Recorded, F.Prepared)] = []
    prepared.reserveCapacity(Int(end.rawValue - start.rawValue))
    var position = start
    while position < end {
      let page = try journal.reader.page(
        after: position, limit: Int(end.rawValue - position.rawValue))
      for index in 0..<page.count {
        let recorded = try decoder.decode(page[index])
        prepared.append((recorded, try follower.prepare(recorded)))
      }
      position = page.last
    }
    return prepared
  }
}
