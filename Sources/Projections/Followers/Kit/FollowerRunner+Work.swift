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
    while !isStopped {
      // In this order: news that come in between set the mark again.
      duties.withLock { $0.isWoken = false }
      _ = news.take()
      takeOffer(fold)
      if failure == nil { advance(fold) }
      rest()
    }
    endWaiting()
  }

  private func advance(_ fold: FollowerFold<F>) {
    do {
      while try !isStopped && fold.step(store) { told(try store.checkpoint?.position ?? .zero) }
      trouble(nil)
    } catch {
      return pass(error)
    }
    do { try copyIfDue() } catch { log(.warning, "follower_not_copied", error) }
  }

  var isStopped: Bool { duties.withLock { $0.isStopped } }

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

  /// After an error: damage stops the follower until it is folded anew, anything else may pass.
  private func pass(_ error: any Error) {
    trouble("\(error)")
    let isDamage =
      switch error {
      case LedgerError.damaged: true
      case StoreError.damaged, StoreError.truncated, StoreError.outcomeUnknown: true
      default: false
      }
    guard isDamage else {
      _ = duties.wait(atMost: Self.pause) { $0.isStopped ? true : nil }
      return duties.withLock { $0.isWoken = true }
    }
    let waiting = duties.withLock { duties in
      duties.failure = "\(error)"
      defer { duties.waiting = [] }
      return duties.waiting
    }
    for waiter in waiting { waiter.continuation.resume(returning: false) }
  }

  /// Logs an error once, however often it is tried again.
  private func trouble(_ text: String?) {
    let isNews = duties.withLock { duties in
      defer { duties.trouble = text }
      return duties.trouble != text
    }
    if isNews, let text { log(.error, "follower_failed", text) }
  }

  private func log(_ level: Diagnostics.Level, _ event: String, _ error: some Any) {
    journal.surroundings.diagnostics.log(
      level, event, [("name", F.name), ("error", "\(error)")])
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

  /// Copies the store where folding what came since the last copy would take seconds. A copy that
  /// fails is tried again when as much has come again.
  private func copyIfDue() throws {
    let snapshots = FollowerPlace(F.name, journal).snapshots
    let due = UInt64(max(500_000, try store.usedBytes / 1_024))
    guard let position = try store.checkpoint?.position else { return }
    let last = max(try snapshots.positions().first ?? .zero, duties.withLock { $0.copied })
    guard position > last, position.rawValue - last.rawValue >= due else { return }
    duties.withLock { $0.copied = position }
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
      // A damaged one no longer says where it is; then up to the head.
      let reached = failure == nil ? try store.checkpoint?.position : nil
      try fold.run(offer.prepared, through: reached)
      try store.replace(with: offer.prepared)
      duties.withLock { $0.failure = nil }
      told(try store.checkpoint?.position ?? .zero)
      offer.answer(nil)
    } catch {
      drop(offer.prepared)
      offer.answer(error)
    }
  }

  /// Closes and removes a store that is not to take the live one's place.
  func drop(_ prepared: FollowerStore) {
    prepared.close()
    do { try Directory.removeTree(prepared.directory) } catch {
      log(.warning, "follower_rebuild_left", error)
    }
  }
}

/// A store that was folded anew and is to take the live one's place.
struct FollowerOffer: Sendable {
  let prepared: FollowerStore
  /// Told once: nil where it is in place.
  let answer: @Sendable ((any Error)?) -> Void
}
