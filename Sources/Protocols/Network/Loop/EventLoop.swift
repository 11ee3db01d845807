import CPlatform
import Synchronization

/// One thread that waits on epoll and runs the jobs of the tasks that prefer it.
///
/// A task started with `Task(executorPreference: loop)` stays on this thread, so whatever is
/// confined to the loop (its connections, its timers) needs no lock. Nothing that blocks may run
/// here: it would stall every connection of the loop.
public final class EventLoop: TaskExecutor, @unchecked Sendable {
  /// What waits to be run in the next turn.
  enum Work {
    case job(UnownedJob)
    case call(@Sendable () -> Void)
  }

  /// What other threads have handed over; `isArmed` when the wake-up has been raised for it.
  struct Inbox {
    var work: [Work] = []
    var isArmed = false
  }

  /// Nanoseconds of a clock that never steps. Injected, so that tests can move time.
  let clock: @Sendable () -> UInt64
  let name: String
  let epoll: Int32
  let wakeUp: Int32
  let buffers = BufferPool()

  let inbox = Mutex(Inbox())
  let thread = Atomic<UInt>(0)
  let isStopping = Atomic<Bool>(false)
  var handle: UInt = 0

  // From here on: touched by the loop's own thread only.
  var upcoming: [Work] = []
  var current: [Work] = []
  var received: [Work] = []
  var watched = WatchTable()
  var wheel: TimerWheel
  /// The clock as read once per turn: what a deadline is counted from.
  public internal(set) var now: UInt64

  /// Makes a loop and starts its thread.
  ///
  /// - Throws: `NetworkError` where the kernel refuses a descriptor or a thread.
  public init(
    name: String = "loop", clock: @escaping @Sendable () -> UInt64 = { daybook_monotonic() }
  ) throws(NetworkError) {
    self.name = name
    self.clock = clock
    now = clock()
    wheel = TimerWheel(now: now)
    epoll = try NetworkError.check(daybook_epoll_create(), "epoll_create1")
    wakeUp = try NetworkError.check(daybook_eventfd_create(), "eventfd")
    try NetworkError.check(
      daybook_epoll_watch(epoll, wakeUp, WatchTable.wakeUpToken), "epoll_ctl")
    try start()
  }

  deinit {
    _ = daybook_close(wakeUp)
    _ = daybook_close(epoll)
  }

  /// Whether the caller runs on this loop's thread.
  public var isCurrent: Bool { thread.load(ordering: .relaxed) == daybook_thread_mark() }

  public func enqueue(_ job: consuming ExecutorJob) { add(.job(UnownedJob(job))) }

  /// Runs `call` on the loop's thread, soon and in order. From any thread.
  public func submit(_ call: @escaping @Sendable () -> Void) { add(.call(call)) }

  private func add(_ work: Work) {
    if isCurrent { return upcoming.append(work) }
    let mustWake = inbox.withLock { inbox in
      inbox.work.append(work)
      defer { inbox.isArmed = true }
      return !inbox.isArmed
    }
    if mustWake { _ = daybook_eventfd_raise(wakeUp) }
  }

  /// Ends the thread after the turn it is in. Everything on the loop must have ended before.
  ///
  /// Waits for the thread, so it must not be called from the loop itself.
  public func stop() {
    guard !isStopping.exchange(true, ordering: .relaxed) else { return }
    _ = daybook_eventfd_raise(wakeUp)
    daybook_loop_join(handle)
  }
}
