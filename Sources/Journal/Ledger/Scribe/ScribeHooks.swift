import Events

/// What the Scribe tells its surroundings. All are called on the Scribe's thread and must be quick.
public struct ScribeHooks: Sendable {
  /// Everything up to this position is durable and folded; called before the askers are answered.
  /// For the change feed and `--sync-trace`.
  public var afterCommit: @Sendable (Position) -> Void
  /// Runs what answers the askers of a batch, for who can make something of their being many.
  public var answering: @Sendable (() -> Void) -> Void = { $0() }
  /// The outcome of a commit is unknown: end the process with `ScribeEnd.exitCode`.
  public var onEnd: @Sendable (ScribeEnd) -> Void
  /// How far folding has come at the start, for a progress bar: folded, and the head.
  public var onFold: @Sendable (Position, Position) -> Void
  /// Makes a step of a commit fail, or watches it. For tests.
  var fault: (@Sendable (CommitStep) throws -> Void)?

  public init(
    afterCommit: @escaping @Sendable (Position) -> Void = { _ in },
    onFold: @escaping @Sendable (Position, Position) -> Void = { _, _ in },
    onEnd: @escaping @Sendable (ScribeEnd) -> Void
  ) {
    self.afterCommit = afterCommit
    self.onFold = onFold
    self.onEnd = onEnd
  }
}
