import Delivery
import Platform
import State
import Synchronization

/// Where jobs are given out: the scheduler, who waits for a worker's place, and what is under way.
final class RelayDesk: Sendable {
  typealias Waiter = CheckedContinuation<Void, Never>

  private struct State {
    var scheduler = Scheduler()
    var waiters: [Int: Waiter] = [:]
    var running: [Int: Task<Void, Never>] = [:]
    /// Jobs that ended before their task was noted.
    var early: Set<Int> = []
    var isClosing = false
  }

  private let state = Mutex(State())

  /// Asks or tells the scheduler.
  func schedule<R: Sendable>(_ body: (inout Scheduler) -> R) -> R {
    state.withLock { body(&$0.scheduler) }
  }

  var isClosing: Bool { state.withLock { $0.isClosing } }
  var isIdle: Bool { state.withLock { $0.running.isEmpty } }

  /// The job that goes next; nil where none can.
  func next() -> Scheduler.Start? {
    state.withLock { $0.isClosing ? nil : $0.scheduler.next() }
  }

  func nextPutOff() -> (job: SpoolJob, failure: RecipientOutcome)? {
    state.withLock { $0.isClosing ? nil : $0.scheduler.nextPutOff() }
  }

  /// Notes the task of a job.
  func note(_ job: Int, _ task: Task<Void, Never>) {
    state.withLock { state in
      if state.early.remove(job) == nil { state.running[job] = task }
      if state.isClosing { task.cancel() }
    }
  }

  /// A job's task is over.
  func over(_ job: Int) {
    state.withLock { state in
      if state.running.removeValue(forKey: job) == nil { state.early.insert(job) }
    }
  }

  /// Waits for a worker's place: the job's session is open.
  func takePlace(_ job: Int) async {
    await withCheckedContinuation { (waiter: Waiter) in
      let isGranted = state.withLock { state in
        guard !state.isClosing, !state.scheduler.reached(job) else { return true }
        state.waiters[job] = waiter
        return false
      }
      if isGranted { waiter.resume() }
    }
  }

  /// Gives a job's place to those who wait for one.
  func leavePlace(_ job: Int) {
    let granted = state.withLock { state in
      state.scheduler.leave(job).compactMap { state.waiters.removeValue(forKey: $0) }
    }
    for waiter in granted { waiter.resume() }
  }

  /// Gives nothing out any more; who waits for a place hears of it.
  func close() {
    let waiters = state.withLock { state in
      state.isClosing = true
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Ends what is under way: all of it, or only jobs that have no worker's place.
  func cancel(all: Bool) {
    let tasks = state.withLock { state in
      state.running.filter { all || state.scheduler.jobs[$0.key]?.stage != .dialogue }.map(\.value)
    }
    for task in tasks { task.cancel() }
  }
}
