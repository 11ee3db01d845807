import Events
import Ledger
import Platform

/// Folds a journal from its first event into a directory of its own, beside whatever is live.
public enum StateRebuild {
  private static let eventsPerCommit: UInt64 = 10_000

  /// The State folded up to a position; `directory` must be empty or absent.
  ///
  /// - Parameter progress: called with the position reached.
  public static func fold(
    _ journal: Journal, through last: Position, into directory: String,
    progress: (Position) -> Void = { _ in }
  ) throws -> StateEnvironment {
    let state = try StateEnvironment(directory, isWriter: true)
    let decoder = journal.reader.decoder()
    var position = Position.zero
    while position < last {
      try state.begin()
      let end = min(last, position.advanced(by: eventsPerCommit))
      while position < end {
        let limit = Int(end.rawValue - position.rawValue)
        for record in try journal.reader.records(after: position, limit: min(limit, 1_000)) {
          try state.fold(try decoder.decode(record))
          position = record.position
        }
      }
      try state.commit(
        checkpoint: StateCheckpoint(
          log: journal.log, position: position, root: try journal.reader.root(at: position)))
      progress(position)
    }
    return state
  }

  /// Whether the live State and a rebuild agree, at the position of a copy of the live one.
  ///
  /// - Returns: the position, the digest of the live State and that of the rebuild.
  public static func compare(
    _ journal: Journal, live: StateEnvironment, scratch: String,
    progress: (Position) -> Void = { _ in }
  ) throws -> (position: Position, live: Digest, rebuilt: Digest) {
    if Directory.exists(scratch) { try Directory.removeTree(scratch) }
    let copyPath = scratch + "/copy"
    try Directory.create(copyPath, parents: true)
    defer { removeQuietly(scratch, journal) }
    try live.copy(to: copyPath)
    let copy = try StateEnvironment(copyPath, isWriter: false)
    let position = try copy.checkpoint?.position ?? .zero
    let rebuilt = try fold(
      journal, through: position, into: scratch + "/rebuilt", progress: progress)
    defer {
      copy.close()
      rebuilt.close()
    }
    return (position, try copy.digest(), try rebuilt.digest())
  }

  private static func removeQuietly(_ path: String, _ journal: Journal) {
    do {
      try Directory.removeTree(path)
    } catch {
      journal.surroundings.diagnostics.log(.warning, "scratch_left", [("error", "\(error)")])
    }
  }
}
