import Events
import Ledger
import Platform
import Synchronization

/// Copies State now and then, on a thread of its own.
///
/// A copy is due when folding what came since would take seconds, and not so often that copying
/// costs more than it saves.
final class SnapshotKeeper: Sendable {
  /// What is needed of time and change for a copy to be due.
  struct Pace: Sendable {
    /// Events since the last copy, at least.
    var events: UInt64 = 100_000
    /// One more event for so many octets of State.
    var bytesPerEvent = 4_096
    /// Time between two looks.
    var pause = Duration.seconds(30)
  }

  private let journal: Journal
  private let state: StateEnvironment
  private let snapshots: Snapshots
  private let pace: Pace
  private let isStopped = Monitor(false)
  private let thread = Mutex<ThreadHandle?>(nil)

  init(_ journal: Journal, _ state: StateEnvironment, pace: Pace = Pace()) {
    self.journal = journal
    self.state = state
    self.pace = pace
    snapshots = NodeState.snapshots(journal)
  }

  func start() {
    let handle = startThread(name: "snapshots") { self.run() }
    thread.withLock { $0 = handle }
  }

  /// Waits until a copy that is being made is done.
  func stop() {
    isStopped.withLock { $0 = true }
    isStopped.broadcast()
    thread.withLock { $0.take() }?.join()
  }

  private func run() {
    while isStopped.wait(atMost: pace.pause, for: { $0 ? true : nil }) == nil {
      do {
        if try isDue() { try copy() }
      } catch {
        journal.surroundings.diagnostics.log(.warning, "snapshot_failed", [("error", "\(error)")])
      }
    }
  }

  private func isDue() throws -> Bool {
    let last = try snapshots.positions().first ?? .zero
    let position = try state.checkpoint?.position ?? .zero
    let events = UInt64(try state.usedBytes / pace.bytesPerEvent)
    return position > last && position.rawValue - last.rawValue >= max(events, pace.events)
  }

  /// Makes a copy now.
  func copy() throws {
    let position = try state.checkpoint?.position ?? .zero
    try snapshots.make(at: position) { try state.copy(to: $0) }
  }
}
