import Synchronization

extension EventLoop {
  /// Nanoseconds on this loop's clock, `time` from the start of this turn. Saturates.
  public func deadline(after time: Duration) -> UInt64 {
    let wait = time.wholeNanoseconds
    return wait > .max - now ? .max : now + wait
  }

  /// Suspends the caller, which must run on this loop, for `time`; early when it is cancelled.
  public func sleep(for time: Duration) async {
    precondition(isCurrent, "sleep is called on its loop")
    let sleeper = Sleeper()
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        guard !Task.isCancelled else { return continuation.resume() }
        sleeper.continuation = continuation
        sleeper.timer = wheel.add(sleeper, due: deadline(after: time))
      }
    } onCancel: {
      submit { [self] in
        guard let timer = sleeper.timer else { return }
        wheel.remove(timer)
        sleeper.wake()
      }
    }
  }
}

/// One suspended caller of `EventLoop.sleep`, confined to the loop.
private final class Sleeper: TimerTarget, @unchecked Sendable {
  var continuation: UnsafeContinuation<Void, Never>?
  var timer: TimerHandle?

  func timeIsUp(now: UInt64) -> UInt64? {
    wake()
    return nil
  }

  func wake() {
    timer = nil
    continuation?.resume()
    continuation = nil
  }
}

extension Duration {
  /// Nanoseconds, none for a negative time; over a century is as good as for ever.
  var wholeNanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    guard seconds < 4_000_000_000 else { return .max }
    return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
  }
}
