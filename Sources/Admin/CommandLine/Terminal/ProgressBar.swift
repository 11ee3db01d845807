import Platform
import Synchronization

/// Shows how far a long act is: a bar at a terminal, a plain line every ten seconds elsewhere.
///
/// Nothing is shown for what takes less than two seconds.
final class ProgressBar: Sendable {
  private struct State {
    var began: UInt64?
    var shown: UInt64 = 0
    var isDrawn = false
  }

  private let terminal: Terminal
  private let clock: any Clock
  private let state = Mutex(State())

  init(_ terminal: Terminal, clock: any Clock = SystemClock()) {
    self.terminal = terminal
    self.clock = clock
  }

  /// Tells where the act is now; cheap enough to be called often.
  func update(_ what: String, _ done: UInt64, of total: UInt64) {
    let now = clock.sinceBoot() / 1_000_000
    state.withLock { state in
      let began = state.began ?? now
      state.began = began
      let interval: UInt64 = terminal.isInteractive ? 100 : 10_000
      guard now - began >= 2_000, now - state.shown >= interval else { return }
      state.shown = now
      state.isDrawn = terminal.isInteractive
      let share = total > 0 ? min(done * 100 / total, 100) : 0
      guard terminal.isInteractive else { return terminal.warn("\(what): \(done) of \(total)") }
      let filled = Int(share * 30 / 100)
      let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
      terminal.draw("\r\(what) [\(bar)] \(share) %, \(done) of \(total)\u{1B}[K")
    }
  }

  /// Removes the bar.
  func end() {
    state.withLock { state in
      if state.isDrawn { terminal.draw("\r\u{1B}[K") }
      state = State()
    }
  }
}
