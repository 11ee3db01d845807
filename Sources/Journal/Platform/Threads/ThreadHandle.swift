import CPlatform
import Synchronization

/// A running thread, to wait for.
public final class ThreadHandle: Sendable {
  private let raw: UInt64
  private let isJoined = Mutex(false)

  init(raw: UInt64) {
    self.raw = raw
  }

  deinit {
    if !isJoined.withLock({ $0 }) { daybook_thread_detach(raw) }
  }

  /// Waits until the thread has ended. A second call returns at once after the first has.
  public func join() {
    isJoined.withLock { isJoined in
      guard !isJoined else { return }
      isJoined = true
      let code = daybook_thread_join(raw)
      precondition(code == 0, "a thread cannot wait for itself")
    }
  }
}

/// Starts a thread that runs `body`. `name` is shown by tools, up to 15 bytes of it.
///
/// Signals sent to the process are left to the threads that were there before. A system that
/// cannot start a thread stops the process.
public func startThread(
  name: String, _ body: @escaping @Sendable () -> Void
) -> ThreadHandle {
  let box = Unmanaged.passRetained(ThreadBody(run: body))
  var raw: UInt64 = 0
  let code = daybook_thread_start(
    name,
    { argument in
      guard let argument else { return nil }
      Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
      return nil
    }, box.toOpaque(), &raw)
  precondition(code == 0, "no thread can be started: \(-code)")
  return ThreadHandle(raw: raw)
}

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void

  init(run: @escaping @Sendable () -> Void) {
    self.run = run
  }
}

/// Which thread this is: the kernel's number of it.
public func currentThread() -> Int32 {
  daybook_thread_id()
}
