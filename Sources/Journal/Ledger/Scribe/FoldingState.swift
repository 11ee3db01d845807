import Events

/// The state that decisions rely on, folded by the Scribe inside its batches.
///
/// Only the Scribe's thread calls `begin`, `withView`, `fold`, `nextFeed`, `commit`, `abort`,
/// `reopen` and `discard`. Between `begin` and `commit` or `abort` lies one batch; everything in it
/// sees what was folded before in it.
public protocol FoldingState: AnyObject, Sendable {
  /// What a decision reads.
  associatedtype View: ~Copyable

  /// Opens a batch.
  func begin() throws
  /// Lends the view of the state as folded so far in this batch.
  func withView<R>(_ body: (borrowing View) throws -> R) throws -> R
  /// Folds one event. `StoreError.full` makes the node read-only; any other error fails the
  /// request the event belongs to.
  func fold(_ recorded: Recorded) throws
  /// The feed number that the domain's next published event is to carry, by what has been folded
  /// so far; 1 for the first. Asking does not use it up: folding that event does.
  func nextFeed(_ domain: DomainID) throws -> UInt64
  /// Ends the batch and keeps it, together with the checkpoint.
  func commit(checkpoint: StateCheckpoint) throws
  /// Ends the batch, if there is one, and forgets it.
  func abort()
  /// How far the committed state has folded; nil when nothing is.
  var checkpoint: StateCheckpoint? { get throws }
  /// Closes and opens again, after a failed commit that leaves it unfit for another batch. A commit
  /// that found no room (`StoreError.full`) does not.
  func reopen() throws
  /// Drops everything folded, because it was folded from another journal.
  func discard() throws
}
