import Events
import Platform
import Synchronization
import TestKit
import Testing

@testable import Ledger

/// A batch waits for those who come again, and only for them.
@Suite struct GatheringTests {
  @Test func `Two halves that take turns become one batch`() {
    var gathering = Gathering()
    gathering.began(with: 5)
    gathering.ended(5, waiting: 5, after: 600, at: 1_000)
    check(gathering.goal, Gathering.Goal(count: 10, until: 1_300), "half of the time, for all ten")
    gathering.began(with: 10)
    gathering.ended(10, waiting: 0, after: 800, at: 3_000)
    check(gathering.goal, Gathering.Goal(count: 10, until: 3_400))
  }

  @Test func `Who is alone never waits`() {
    var gathering = Gathering()
    for turn in 0..<5 {
      gathering.began(with: 1)
      gathering.ended(1, waiting: 0, after: 500, at: UInt64(turn) * 1_000)
      check(gathering.goal, nil)
    }
    gathering.began(with: 0)
    gathering.ended(0, waiting: 3, after: 0, at: 9_000)
    check(gathering.goal, nil, "nobody was answered who could come again")
  }

  @Test func `A slow disk is not waited for without end`() {
    var gathering = Gathering()
    gathering.ended(2, waiting: 2, after: 1_000_000_000, at: 0)
    check(gathering.goal?.until, Gathering.longest)
  }

  @Test func `Waits in vain become rare, and one that helped makes them usual again`() {
    var gathering = Gathering()
    var waits: [Int] = []
    for turn in 0..<200 {
      gathering.ended(8, waiting: 4, after: 100, at: 0)
      if gathering.goal != nil { waits.append(turn) }
      // Only those came who waited already.
      gathering.began(with: 4)
    }
    check(waits, [0, 2, 6, 14, 30, 62, 126, 190], "after 1, 3, 7 ... 63 batches without")
    while gathering.goal == nil { gathering.ended(8, waiting: 4, after: 100, at: 0) }
    gathering.began(with: 6)
    gathering.ended(8, waiting: 4, after: 100, at: 0)
    check(gathering.goal?.count, 12, "two of eight came back")
  }

  @Test(arguments: [1, 2, 5]) func `A queue wakes who waits when there is enough`(wanted: Int) {
    let queue = RequestQueue<TallyState>()
    let seen = Atomic(-1)
    let waiter = startThread(name: "waiter") {
      queue.wait(for: wanted, atMost: .seconds(600))
      seen.store(queue.count, ordering: .releasing)
    }
    for _ in 0..<wanted { _ = queue.push(Announcement(.serverStopped(.init(reason: "test")))) }
    waiter.join()
    check(seen.load(ordering: .acquiring) >= wanted, "not woken before")
    queue.close()
    queue.wait(for: 100, atMost: .seconds(600))
    check(queue.take(limit: 100, bytes: .max, atMost: .zero).requests.count, wanted, "and closed")
  }
}
