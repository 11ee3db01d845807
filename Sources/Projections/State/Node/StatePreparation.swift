import Events
import Ledger
import Platform

/// A State that a new version folds beside the old server, so that its first start need not wait.
///
/// It lies beside the live one. A start takes it where the live one has another format and this one
/// its own; what came since it was prepared is then folded as at every start. DESIGN §5
public enum StatePreparation {
  private static func path(_ directory: DataDirectory) -> String { directory.state + ".prepared" }

  /// Whether the live State has another format than this version folds, or there is none.
  public static func isNeeded(_ directory: DataDirectory) throws -> Bool {
    try StateEnvironment.format(at: directory.state) != StateTable.format
  }

  /// Folds up to the head, or goes on where it was prepared before.
  ///
  /// - Parameters:
  ///   - journal: opened for reading, beside a server or not.
  ///   - progress: told how far it is: folded, and the head.
  /// - Returns: how far it is folded.
  public static func run(
    _ journal: Journal, progress: (Position, Position) -> Void = { _, _ in }
  ) throws -> Position {
    let path = path(journal.directory)
    let boot = journal.surroundings.clock.bootID()
    if Directory.exists(path), try !TrustMark(path).isTrusted(boot: boot) {
      try Directory.removeTree(path)
    }
    let state = try StateEnvironment(path, isWriter: true, clock: journal.surroundings.clock)
    try TrustMark(path).open(boot: boot)
    if let checkpoint = try state.checkpoint, try !journal.fits(checkpoint) {
      try state.discard()
    }
    try FoldForward(journal.reader).run(state, onFold: progress)
    let position = try state.checkpoint?.position ?? .zero
    try state.finish()
    return position
  }

  /// Takes what was prepared, at a start; removes it where it is of no use any more.
  static func adopt(_ journal: Journal) throws {
    let path = path(journal.directory)
    let live = journal.directory.state
    guard Directory.exists(path) else { return }
    let diagnostics = journal.surroundings.diagnostics
    let format = try StateEnvironment.format(at: path)
    guard try StateEnvironment.format(at: live) != StateTable.format else {
      diagnostics.log(.info, "prepared_state_removed", [("why", "the live one is as new")])
      return try Directory.removeTree(path)
    }
    let boot = journal.surroundings.clock.bootID()
    guard format == StateTable.format, try TrustMark(path).isTrusted(boot: boot) else { return }
    try Directory.removeTree(DirectorySwap.exchange(path, with: live))
    diagnostics.log(.info, "prepared_state_taken")
  }
}
