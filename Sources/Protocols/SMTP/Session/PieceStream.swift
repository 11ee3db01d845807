import Ledger
import Platform
import Synchronization

/// A large body on its way into the content store, sealed and written on a pool while its session
/// gathers the next piece. One piece is under way at a time; one session uses it.
final class PieceStream: Sendable {
  private typealias Waiting = CheckedContinuation<Void, Never>

  private struct State {
    var body: LargeBody?
    /// Whether a piece is under way, and who waits for its end.
    var isBusy = false
    var waiting: Waiting?
    /// What went wrong; later pieces are not taken.
    var failure: (any Error)?
  }

  private let content: ContentStore
  private let dataKey: Key
  private let entropy: any Entropy
  private let state = Mutex(State())

  init(_ content: ContentStore, _ dataKey: Key, _ entropy: any Entropy) {
    self.content = content
    self.dataKey = dataKey
    self.entropy = entropy
  }

  /// Gives the pool a piece once the one before it is stored, and does not wait for this one.
  ///
  /// - Throws: what went wrong with the pieces before.
  func append(_ octets: [UInt8], on pool: WorkerPool) async throws {
    try await settled()
    state.withLock { $0.isBusy = true }
    let isTaken = pool.submit { self.store(octets) }
    guard isTaken else {
      state.withLock { $0.isBusy = false }
      throw WorkerPool.Stopped()
    }
  }

  /// The body, whole and synced.
  func finish(on pool: WorkerPool) async throws -> LargeBody.Stored {
    try await settled()
    let body = state.withLock { $0.body }
    guard let body else { throw ContentError.closed }
    return try await pool.run { try body.finish() }
  }

  /// Gives the body up; its room is taken by the next one.
  func abandon(on pool: WorkerPool) async throws {
    await idle()
    guard let body = state.withLock({ $0.body }) else { return }
    try await pool.run { body.abandon() }
  }

  /// On the pool.
  private func store(_ octets: [UInt8]) {
    let outcome = Result {
      let body =
        try state.withLock { $0.body } ?? content.receive(dataKey: dataKey, entropy: entropy)
      state.withLock { $0.body = body }
      try body.append(octets)
    }
    let waiting = state.withLock { state -> Waiting? in
      if case .failure(let error) = outcome { state.failure = error }
      state.isBusy = false
      return state.waiting.take()
    }
    waiting?.resume()
  }

  private func settled() async throws {
    await idle()
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  /// Waits until no piece is under way.
  private func idle() async {
    await withCheckedContinuation { (waiting: Waiting) in
      let isIdle = state.withLock { state in
        if state.isBusy { state.waiting = waiting }
        return !state.isBusy
      }
      if isIdle { waiting.resume() }
    }
  }
}
