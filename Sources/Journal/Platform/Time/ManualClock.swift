import Synchronization

/// A clock that stands still until it is moved, for tests and simulations.
public final class ManualClock: Clock {
  private struct State {
    var now: Timestamp
    var sinceBoot: UInt64
    var boot: ID
  }
  private let state: Mutex<State>

  /// A clock that reads `now` on the wall, one second after boot.
  public init(
    now: Timestamp = Timestamp(seconds: 1_700_000_000), boot: ID = ID(high: 0xb007, low: 1)
  ) {
    state = Mutex(State(now: now, sinceBoot: 1_000_000_000, boot: boot))
  }

  public func now() -> Timestamp { state.withLock { $0.now } }

  public func sinceBoot() -> UInt64 { state.withLock { $0.sinceBoot } }

  public func bootID() -> ID { state.withLock { $0.boot } }

  /// Time passes: the wall clock and the time since boot move on together.
  public func advance(by duration: Duration) {
    let (seconds, attoseconds) = duration.components
    precondition(
      seconds >= 0 && attoseconds >= 0, "time does not run back; set(now:) steps the wall")
    state.withLock {
      $0.now = $0.now.adding(duration)
      $0.sinceBoot += UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
  }

  /// Somebody sets the wall clock; the time since boot does not move.
  public func set(now: Timestamp) {
    state.withLock { $0.now = now }
  }

  /// The machine restarts: another boot id, and the time since boot starts anew.
  public func reboot(as boot: ID) {
    state.withLock {
      $0.boot = boot
      $0.sinceBoot = 1_000_000_000
    }
  }
}
