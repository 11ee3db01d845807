import Synchronization

/// A few threads for work that blocks: files, password hashes, cold pages of a database.
///
/// Work is taken in the order it came. What was given before `stop` is done; what comes after it
/// throws `Stopped`.
public final class WorkerPool: Sendable {
  /// The pool was stopped before the work was given to it.
  public struct Stopped: Error, Hashable, Sendable {
    public init() {}
  }

  private struct Queue {
    /// Those before `next` are taken, and nil so that nothing of theirs is kept.
    var jobs: [(@Sendable () -> Void)?] = []
    var next = 0
    var isStopped = false

    mutating func take() -> (@Sendable () -> Void)?? {
      guard next < jobs.count else { return isStopped ? .some(nil) : nil }
      let job = jobs[next]
      jobs[next] = nil
      next += 1
      if next == jobs.count {
        jobs.removeAll(keepingCapacity: jobs.count <= 1024)
        next = 0
      } else if next >= 1024 {
        jobs.removeFirst(next)
        next = 0
      }
      return job
    }
  }

  private let queue: Monitor<Queue>
  private let threads: [ThreadHandle]

  /// Starts `threads` threads, called `name`.
  public init(threads: Int, name: String) {
    precondition(threads > 0, "a pool without threads does nothing")
    let queue = Monitor(Queue())
    self.queue = queue
    self.threads = (0..<threads).map { _ in
      startThread(name: name) {
        while let job = queue.wait(for: { $0.take() }) { job() }
      }
    }
  }

  deinit { end() }

  /// The result of `work`, done on a thread of the pool.
  public func run<Result: Sendable>(
    _ work: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    try await withUnsafeThrowingContinuation { continuation in
      let isTaken = submit {
        continuation.resume(with: Swift.Result(catching: work))
      }
      if !isTaken { continuation.resume(throwing: Stopped()) }
    }
  }

  /// Gives the pool work that nobody waits for; false where the pool is stopped.
  @discardableResult
  public func submit(_ work: @escaping @Sendable () -> Void) -> Bool {
    let isTaken = queue.withLock { queue in
      guard !queue.isStopped else { return false }
      queue.jobs.append(work)
      return true
    }
    if isTaken { queue.signal() }
    return isTaken
  }

  /// Waits until everything given before is done, and ends the threads. Blocks; not for tasks.
  public func stop() {
    end()
    for thread in threads { thread.join() }
  }

  private func end() {
    queue.withLock { $0.isStopped = true }
    queue.broadcast()
  }
}
