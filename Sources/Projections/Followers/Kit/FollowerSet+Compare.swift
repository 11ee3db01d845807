import Events
import Ledger
import Platform

extension FollowerSet {
  /// What a comparison with a rebuild found.
  public struct Comparison: Sendable {
    public let name: String
    public let position: Position
    public let live: Digest
    public let rebuilt: Digest

    public var isEqual: Bool { live == rebuilt }
  }

  /// Compares each follower's files with a fold from the first event, at the position of a copy.
  ///
  /// - Parameters:
  ///   - live: the followers of this process; nil where none run here, be it that another process
  ///     runs them or nobody. Followers that never ran, or that the next start folds anew because
  ///     they cannot be trusted, are left out.
  ///   - scratch: a directory for the copy and the fold, which is removed.
  public static func compare(
    _ journal: Journal, live: FollowerSet? = nil, scratch: String,
    progress: (String, Position, Position) -> Void = { _, _, _ in }
  ) throws -> [Comparison] {
    [
      try compare(
        Chronicle(), journal, live?.chronicle.store, scratch: scratch, progress: progress)
    ].compactMap { $0 }
  }

  private static func compare<F: Follower>(
    _ follower: F, _ journal: Journal, _ live: FollowerStore?, scratch: String,
    progress: (String, Position, Position) -> Void
  ) throws -> Comparison? {
    try Directory.removeTree(scratch)
    defer { removeQuietly(scratch, journal) }
    try Directory.create(scratch + "/copy", parents: true)
    if let live {
      try live.copy(to: scratch + "/copy")
    } else {
      guard let store = try FollowerPlace(F.name, journal).reading(F.self) else { return nil }
      defer { store.close() }
      try store.copy(to: scratch + "/copy")
    }
    let copy = try FollowerStore(F.self, at: scratch + "/copy", isWriter: false)
    defer { copy.close() }
    let position = try copy.checkpoint?.position ?? .zero
    let rebuilt = try FollowerStore(F.self, at: scratch + "/rebuilt", isWriter: true)
    defer { rebuilt.close() }
    try FollowerFold(follower, journal).run(rebuilt, through: position) {
      progress(F.name, $0, $1)
    }
    return Comparison(
      name: F.name, position: position, live: try copy.digest(), rebuilt: try rebuilt.digest())
  }

  private static func removeQuietly(_ path: String, _ journal: Journal) {
    do { try Directory.removeTree(path) } catch {
      journal.surroundings.diagnostics.log(.warning, "scratch_left", [("error", "\(error)")])
    }
  }
}
