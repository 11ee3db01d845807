import CPlatform
import Synchronization

extension EventLoop {
  /// The thread that gathers wake-ups; 0 for none.
  private static let gatherer = Atomic<UInt>(0)
  /// The loops it is to wake. Touched by that thread only.
  nonisolated(unsafe) static var gathered: [EventLoop] = []

  /// Whether the caller's wake-ups are gathered.
  static var isGathering: Bool {
    gatherer.load(ordering: .relaxed) == daybook_thread_mark()
  }

  /// Runs `body`, and wakes each loop for which it had work once, at its end.
  ///
  /// Whoever resumes many tasks at a time calls it: a loop that is woken for each of them would run
  /// one, sleep, and be woken for the next. Where another thread gathers just now, `body` runs as it
  /// does without.
  public static func gatheringWakeUps(_ body: () -> Void) {
    let mark = daybook_thread_mark()
    let (isFirst, _) = gatherer.compareExchange(
      expected: 0, desired: mark, ordering: .acquiringAndReleasing)
    guard isFirst else { return body() }
    body()
    let loops = gathered
    gathered.removeAll(keepingCapacity: true)
    gatherer.store(0, ordering: .releasing)
    for loop in loops { loop.wake() }
  }
}
