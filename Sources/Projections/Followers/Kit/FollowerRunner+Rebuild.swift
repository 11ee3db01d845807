import Events
import Ledger
import Platform
import State
import Store

extension FollowerRunner {
  /// Folds the follower anew from the first event while the live one serves, and puts it in place.
  ///
  /// - Parameter progress: how far it is: folded, and the head; called on a thread of its own.
  /// - Throws: what reading and folding throw; the live one then stays.
  public func rebuild(
    progress: @escaping @Sendable (Position, Position) -> Void = { _, _ in }
  ) async throws {
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      _ = startThread(name: "rebuild") { self.rebuild(progress, done) }
    }
  }

  private func rebuild(
    _ progress: @escaping @Sendable (Position, Position) -> Void,
    _ done: CheckedContinuation<Void, any Error>
  ) {
    do {
      let path = FollowerPlace(F.name, journal).path + ".rebuild"
      try Directory.removeTree(path)
      let prepared = try FollowerStore(F.self, at: path, isWriter: true)
      try TrustMark(path).open(boot: journal.surroundings.clock.bootID())
      do {
        try FollowerFold(follower, journal).run(prepared) { done, head in
          guard !isStopped else { throw StoreError.closed }
          progress(done, head)
        }
      } catch {
        drop(prepared)
        throw error
      }
      let offer = FollowerOffer(prepared: prepared) { error in
        if let error { done.resume(throwing: error) } else { done.resume() }
      }
      let isTaken = duties.withLock { duties in
        guard !duties.isStopped, duties.offer == nil else { return false }
        duties.offer = offer
        duties.isWoken = true
        return true
      }
      duties.broadcast()
      guard !isTaken else { return }
      drop(prepared)
      done.resume(throwing: StoreError.closed)
    } catch {
      done.resume(throwing: error)
    }
  }
}
