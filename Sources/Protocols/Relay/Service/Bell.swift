import Network
import Synchronization

/// Wakes one task that waits on a loop. Rung while nobody waits, it wakes who waits next at once.
final class Bell: Sendable {
  private struct State {
    var isRung = false
    var nap: Task<Void, Never>?
  }

  private let loop: EventLoop
  private let state = Mutex(State())

  init(on loop: EventLoop) { self.loop = loop }

  /// From any thread.
  func ring() {
    state.withLock { state in
      state.isRung = true
      state.nap?.cancel()
    }
  }

  /// Waits until it is rung, for at most `time`.
  func wait(atMost time: Duration) async {
    let nap = state.withLock { state -> Task<Void, Never>? in
      guard !state.isRung else { return nil }
      let nap = Task(executorPreference: loop) { [loop] in await loop.sleep(for: time) }
      state.nap = nap
      return nap
    }
    await nap?.value
    state.withLock { $0 = State() }
  }
}
