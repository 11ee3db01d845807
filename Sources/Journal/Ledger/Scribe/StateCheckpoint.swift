import Events
import Platform

/// How far a projection has folded, and of which journal.
///
/// A projection whose checkpoint names another log, a position ahead of the journal or another
/// root at its position was not folded from this journal and must be folded anew.
public struct StateCheckpoint: Hashable, Sendable {
  /// The journal's log id.
  public let log: LogID
  /// The last position folded.
  public let position: Position
  /// The Merkle tree's root over all records up to that position.
  public let root: Digest

  public init(log: LogID, position: Position, root: Digest) {
    self.log = log
    self.position = position
    self.root = root
  }

  init(log: LogID, tree: Frontier) {
    self.init(log: log, position: Position(tree.size), root: tree.root)
  }
}

extension Journal {
  /// Whether what is folded up to a checkpoint was folded from this journal.
  public func fits(_ checkpoint: StateCheckpoint) throws -> Bool {
    try checkpoint.log == log && checkpoint.position <= reader.head
      && reader.root(at: checkpoint.position) == checkpoint.root
  }
}
