import CPlatform

/// A value that threads share, and wait on to change.
///
/// `Mutex` has no waiting; this has. It blocks its thread, so it is for threads of one's own, never
/// for tasks.
public final class Monitor<State: Sendable>: @unchecked Sendable {
  // Safe to share: `state` is touched only between lock and unlock.
  private let monitor: OpaquePointer
  private let state: UnsafeMutablePointer<State>

  public init(_ state: State) {
    guard let monitor = daybook_monitor_create() else { fatalError("out of memory") }
    self.monitor = monitor
    self.state = .allocate(capacity: 1)
    self.state.initialize(to: state)
  }

  deinit {
    state.deinitialize(count: 1)
    state.deallocate()
    daybook_monitor_destroy(monitor)
  }

  /// Runs `body` on the value, alone.
  public func withLock<Result, Failure: Error>(
    _ body: (inout State) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    daybook_monitor_lock(monitor)
    defer { daybook_monitor_unlock(monitor) }
    return try body(&state.pointee)
  }

  /// Waits until `body` returns something, which it is asked for after each signal.
  public func wait<Result>(
    for body: (inout State) -> Result?
  ) -> Result {
    daybook_monitor_lock(monitor)
    defer { daybook_monitor_unlock(monitor) }
    while true {
      if let result = body(&state.pointee) { return result }
      daybook_monitor_wait(monitor)
    }
  }

  /// Waits until `body` returns something, or for `limit`, at most 34 years; nil when the time is
  /// over.
  public func wait<Result>(
    atMost limit: Duration, for body: (inout State) -> Result?
  ) -> Result? {
    let (seconds, attoseconds) = limit.components
    let nanoseconds = UInt64(min(max(0, seconds), 1 << 30)) * 1_000_000_000
    let deadline =
      daybook_monotonic_nanoseconds() + nanoseconds + UInt64(max(0, attoseconds) / 1_000_000_000)
    daybook_monitor_lock(monitor)
    defer { daybook_monitor_unlock(monitor) }
    while true {
      if let result = body(&state.pointee) { return result }
      if daybook_monitor_wait_until(monitor, deadline) == 0 { return body(&state.pointee) }
    }
  }

  /// Wakes one waiting thread.
  public func signal() { daybook_monitor_signal(monitor) }

  /// Wakes every waiting thread.
  public func broadcast() { daybook_monitor_broadcast(monitor) }
}
