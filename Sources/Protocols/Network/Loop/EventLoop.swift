import CPlatform
import Platform
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

  /// Only its time since boot is asked for, which never steps.
  let clock: any Clock
  let name: String
  let epoll: Int32
  let wakeUp: Int32
  let buffers = BufferPool()

  let inbox = Mutex(Inbox())
  let thread = Atomic<UInt>(0)
  let isStopping = Atomic<Bool>(false)
  let handle = Mutex<ThreadHandle?>(nil)

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
  /// - Throws: `SystemError` where the kernel refuses a descriptor.
  public init(name: String = "loop", clock: any Clock = SystemClock()) throws(SystemError) {
    self.name = name
    self.clock = clock
    now = clock.sinceBoot()
    wheel = TimerWheel(now: now)
    epoll = try kernel(daybook_epoll_create(), "epoll_create1", name)
    wakeUp = try kernel(daybook_eventfd_create(), "eventfd", name)
    try kernel(daybook_epoll_watch_input(epoll, wakeUp, WatchTable.wakeUpToken), "epoll_ctl", name)
    handle.withLock { handle in handle = startThread(name: name) { self.run() } }
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
    guard mustWake else { return }
    if Self.isGathering { Self.gathered.append(self) } else { wake() }
  }

  func wake() { _ = daybook_eventfd_raise(wakeUp) }

  /// Ends the thread after the turn it is in. Everything on the loop must have ended before.
  ///
  /// Waits for the thread, so it must not be called from the loop itself.
  public func stop() {
    guard !isStopping.exchange(true, ordering: .relaxed) else { return }
    wake()
    handle.withLock { $0 }?.join()
  }
}
