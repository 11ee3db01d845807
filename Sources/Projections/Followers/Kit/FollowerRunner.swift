import Events
import Ledger
import Platform
import State
import Store
import Synchronization

/// A follower at work: its store, and the thread that keeps it near the journal's head.
public final class FollowerRunner<F: Follower>: Sendable {
  /// What the thread has to look at, and who waits for it.
  struct Duties: Sendable {
    var isWoken = false
    var isStopped = false
    /// Damage, after which only an offer is taken.
    var failure: String?
    /// The last error logged, while it lasts.
    var trouble: String?
    /// Up to where a copy was last tried.
    var copied = Position.zero
    var position = Position.zero
    var waiting: [(position: Position, continuation: CheckedContinuation<Bool, Never>)] = []
    var offer: FollowerOffer?
  }

  public let store: FollowerStore
  let follower: F
  let journal: Journal
  let duties = Monitor(Duties())
  private let thread = Mutex<ThreadHandle?>(nil)
  private let subscription = Mutex<ChangeSubscription?>(nil)

  /// Opens the store below `<data>/followers`; what cannot be trusted is replaced by its newest
  /// copy, what was folded from another journal is dropped.
  public init(_ follower: F, _ journal: Journal) throws {
    self.follower = follower
    self.journal = journal
    store = try FollowerPlace(F.name, journal).open(F.self)
    if let checkpoint = try store.checkpoint {
      if try journal.fits(checkpoint) {
        duties.withLock { $0.position = checkpoint.position }
      } else {
        journal.surroundings.diagnostics.log(.warning, "follower_discarded", [("name", F.name)])
        try store.discard()
      }
    }
  }

  /// Starts the thread; `changes` wakes it.
  public func start(_ changes: ChangeFeed) {
    let duties = duties
    let news = changes.subscribe(.head) {
      duties.withLock { $0.isWoken = true }
      duties.signal()
    }
    subscription.withLock { $0 = news }
    let handle = startThread(name: F.name) { self.work(news) }
    thread.withLock { $0 = handle }
  }

  /// How far it has folded.
  public var position: Position { duties.withLock { $0.position } }

  /// Why it stands still, where it does: damage that only a rebuild mends.
  public var failure: String? { duties.withLock { $0.failure } }

  /// Waits until it has folded up to a position; false where it stops or fails before.
  public func reached(_ position: Position) async -> Bool {
    await withCheckedContinuation { continuation in
      let answer: Bool? = duties.withLock { duties in
        if duties.position >= position { return true }
        if duties.isStopped || duties.failure != nil { return false }
        duties.waiting.append((position, continuation))
        duties.isWoken = true
        return nil
      }
      duties.broadcast()
      if let answer { continuation.resume(returning: answer) }
    }
  }

  /// Ends the thread and closes the store, synced. Waits for the events it is folding.
  public func stop() {
    duties.withLock { $0.isStopped = true }
    duties.broadcast()
    thread.withLock { $0.take() }?.join()
    subscription.withLock { $0 = nil }
    do { try store.finish() } catch {
      journal.surroundings.diagnostics.log(
        .warning, "follower_not_closed", [("name", F.name), ("error", "\(error)")])
    }
  }
}
