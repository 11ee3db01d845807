import Platform
import TestKit
import Testing

@Suite struct ThreadTests {
  @Test func aThreadRunsAndIsWaitedFor() throws {
    let seen = Monitor<(Int32, String)>((0, ""))
    let thread = startThread(name: "a-name-too-long-to-keep") {
      let name = try? Descriptor.open("/proc/thread-self/comm", [.read]).readAll()
      seen.withLock { $0 = (currentThread(), String(decoding: name ?? [], as: UTF8.self)) }
    }
    thread.join()
    thread.join()
    let (number, name) = seen.withLock { $0 }
    check(number != 0 && number != currentThread(), "another thread")
    check(name, "a-name-too-long\n")
  }

  @Test func aMonitorHandsEveryItemOver() {
    let queue = Monitor<[Int]>([])
    let sums = (0..<3).map { _ in Monitor(0) }
    let consumers = sums.map { sum in
      startThread(name: "consumer") {
        while true {
          let item = queue.wait { $0.isEmpty ? nil : $0.removeFirst() }
          if item == 0 { return }
          sum.withLock { $0 += item }
        }
      }
    }
    for item in Array(1...1000) + [0, 0, 0] {
      queue.withLock { $0.append(item) }
      queue.signal()
    }
    for consumer in consumers { consumer.join() }
    check(sums.reduce(0) { $0 + $1.withLock { $0 } }, 500_500)
  }

  @Test func waitingEndsWithItsTime() {
    let never = Monitor(false)
    let clock = SystemClock()
    let before = clock.sinceBoot()
    check(never.wait(atMost: .milliseconds(20)) { $0 ? 1 : nil }, nil)
    check(clock.sinceBoot() - before >= 19_000_000, "it waited")
    check(never.wait(atMost: .zero) { _ in 2 }, 2, "what is there is taken at once")
    let later = Monitor(false)
    let thread = startThread(name: "later") {
      later.withLock { $0 = true }
      later.broadcast()
    }
    check(later.wait(atMost: .seconds(60)) { $0 ? 3 : nil }, 3)
    thread.join()
  }
}
