import Events
import Ledger
import Platform

/// Folds a journal from its first event into a directory of its own, beside whatever is live.
public enum StateRebuild {
  /// The State folded up to a position; `directory` must be empty or absent.
  ///
  /// - Parameter progress: called with the position reached.
  public static func fold(
    _ journal: Journal, through last: Position, into directory: String,
    progress: (Position) -> Void = { _ in }
  ) throws -> StateEnvironment {
    let state = try StateEnvironment(directory, isWriter: true)
    try FoldForward(journal.reader).run(state, through: last) { done, _ in progress(done) }
    return state
  }

  /// Folds State anew and puts it in place, where no server runs.
  ///
  /// - Parameter journal: opened for writing, so that nobody else folds.
  /// - Returns: how far it is folded, and its logical digest.
  public static func replace(
    _ journal: Journal, progress: (Position, Position) -> Void = { _, _ in }
  ) throws -> (position: Position, digest: Digest) {
    let place = journal.directory.state
    let fresh = place + ".rebuild"
    try DirectorySwap.mend(place)
    try Directory.removeTree(fresh)
    let head = try journal.reader.head
    let state = try fold(journal, through: head, into: fresh) { progress($0, head) }
    let digest = try state.digest()
    try state.finish()
    try Directory.removeTree(DirectorySwap.exchange(fresh, with: place))
    try Directory.sync(journal.directory.path)
    return (head, digest)
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
