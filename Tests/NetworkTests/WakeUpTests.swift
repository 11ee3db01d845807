import Platform
import Synchronization
import TestKit
import Testing

@testable import Network

/// Gathered wake-ups: every loop that got work runs all of it.
@Suite struct WakeUpTests {
  /// Counts work, and resumes a task when all of it was done.
  final class Tally: Sendable {
    let left: Atomic<Int>
    let done: CheckedContinuation<Void, Never>

    init(_ count: Int, _ done: CheckedContinuation<Void, Never>) {
      left = Atomic(count)
      self.done = done
    }

    func count() {
      if left.subtract(1, ordering: .relaxed).newValue == 0 { done.resume() }
    }
  }

  @Test func `Work of a gathering thread runs, and that of one beside it`() async throws {
    let loops = try EventLoops(count: 3)
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
      let tally = Tally(4 * 500, done)
      for _ in 0..<4 {
        _ = startThread(name: "gatherer") {
          for _ in 0..<50 {
            EventLoop.gatheringWakeUps {
              for _ in 0..<10 { loops.next().submit { tally.count() } }
            }
          }
        }
      }
    }
    loops.stop()
  }

  @Test func `A loop is woken once for all work of a gathering`() throws {
    let loop = try EventLoop(name: "loop")
    EventLoop.gatheringWakeUps {
      loop.submit {}
      check(EventLoop.gathered.count <= 1, "gathered once")
    }
    check(EventLoop.gathered.isEmpty, "nothing is left")
    check(!EventLoop.isGathering, "gathering is over")
    loop.stop()
  }
}
