import Synchronization

extension EventLoop {
  /// Nanoseconds on this loop's clock, `time` from the start of this turn. Saturates.
  public func deadline(after time: Duration) -> UInt64 {
    let parts = time.components
    guard parts.seconds >= 0, parts.seconds < 4_000_000_000 else {
      return parts.seconds < 0 ? now : .max
    }
    let wait = UInt64(parts.seconds) * 1_000_000_000 + UInt64(parts.attoseconds / 1_000_000_000)
    return now + wait
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
