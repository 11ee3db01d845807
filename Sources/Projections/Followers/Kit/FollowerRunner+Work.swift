import Events
import Ledger
import Platform
import State
import Store

extension FollowerRunner {
  /// How long news are let gather, so that each does not cost a commit; not when somebody waits.
  private static var linger: Duration { .milliseconds(50) }
  /// How long to wait after an error that may pass, such as a full disk.
  private static var pause: Duration { .seconds(1) }

  /// The thread's body: folds to the head, waits for news, until it is stopped.
  func work(_ news: ChangeSubscription) {
    let fold = FollowerFold(follower, journal)
    let snapshots = FollowerPlace(F.name, journal).snapshots
    while !isStopped {
      // In this order: news that come in between set the mark again.
      duties.withLock { $0.isWoken = false }
      _ = news.take()
      do {
        takeOffer(fold)
        while try !isStopped && fold.step(store) { told(try store.checkpoint?.position ?? .zero) }
        try copyIfDue(snapshots)
        rest()
      } catch {
        guard pass(error) else { break }
      }
    }
    endWaiting()
  }

  private var isStopped: Bool { duties.withLock { $0.isStopped } }

  /// Waits for news, and then a moment for more.
  private func rest() {
    _ = duties.wait { $0.isWoken || $0.isStopped ? true : nil }
    _ = duties.wait(atMost: Self.linger) { $0.isStopped || !$0.waiting.isEmpty ? true : nil }
  }

  /// Tells who waits.
  private func told(_ position: Position) {
    let reached = duties.withLock { duties in
      duties.position = position
      let reached = duties.waiting.filter { $0.position <= position }
      duties.waiting.removeAll { $0.position <= position }
      return reached
    }
    for waiter in reached { waiter.continuation.resume(returning: true) }
  }

  /// Whether to go on after an error: damage stops the follower, anything else may pass.
  private func pass(_ error: any Error) -> Bool {
    let diagnostics = journal.surroundings.diagnostics
    diagnostics.log(.error, "follower_failed", [("name", F.name), ("error", "\(error)")])
    let isDamage =
      switch error {
      case LedgerError.damaged: true
      case StoreError.damaged, StoreError.truncated, StoreError.outcomeUnknown: true
      default: false
      }
    if isDamage {
      duties.withLock { $0.failure = "\(error)" }
      return false
    }
    _ = duties.wait(atMost: Self.pause) { $0.isStopped ? true : nil }
    return true
  }

  private func endWaiting() {
    let (waiting, offer) = duties.withLock { duties in
      defer {
        duties.waiting = []
        duties.offer = nil
        duties.isStopped = true
      }
      return (duties.waiting, duties.offer)
    }
    for waiter in waiting { waiter.continuation.resume(returning: false) }
    offer?.answer(StoreError.closed)
  }

  private func copyIfDue(_ snapshots: Snapshots) throws {
    let last = try snapshots.positions().first ?? .zero
    let due = UInt64(max(500_000, try store.usedBytes / 1_024))
    guard let position = try store.checkpoint?.position, position > last,
      position.rawValue - last.rawValue >= due
    else { return }
    try snapshots.make(at: position) { try store.copy(to: $0) }
  }

  /// Puts an offered store in place, if it can be brought as far as this one is.
  private func takeOffer(_ fold: FollowerFold<F>) {
    let offer = duties.withLock { duties in
      defer { duties.offer = nil }
      return duties.offer
    }
    guard let offer else { return }
    do {
      try fold.run(offer.prepared, through: try store.checkpoint?.position)
      try store.replace(with: offer.prepared)
      offer.answer(nil)
    } catch {
      offer.answer(error)
    }
  }
}

/// A store that was folded anew and is to take the live one's place.
struct FollowerOffer: Sendable {
  let prepared: FollowerStore
  /// Told once: nil where it is in place.
  let answer: @Sendable ((any Error)?) -> Void
}
