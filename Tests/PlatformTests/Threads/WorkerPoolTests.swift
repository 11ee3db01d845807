import Platform
import TestKit
import Testing

@Suite struct WorkerPoolTests {
  @Test func workIsDoneElsewhereAndItsResultComesBack() async throws {
    struct Failure: Error, Equatable {}
    let pool = WorkerPool(threads: 2, name: "pool")
    let threads = try await withThrowingTaskGroup(of: (Int, Int32).self) { group in
      for number in 0..<500 {
        group.addTask { try await pool.run { (number * number, currentThread()) } }
      }
      var sum = 0
      var threads: Set<Int32> = []
      for try await (square, thread) in group {
        sum += square
        threads.insert(thread)
      }
      check(sum, 41_541_750)
      return threads
    }
    check(threads.count <= 2 && !threads.contains(currentThread()), "on the pool's threads")
    await #expect(throws: Failure.self) { try await pool.run { throw Failure() } }
    pool.stop()
  }

  /// Both jobs wait for each other, so they only end if they run at once.
  @Test func threadsWorkAtOnce() async throws {
    let pool = WorkerPool(threads: 2, name: "pool")
    let arrived = Monitor(0)
    @Sendable func meet() -> Bool {
      arrived.withLock { $0 += 1 }
      arrived.broadcast()
      return arrived.wait(atMost: .seconds(60)) { $0 == 2 ? true : nil } ?? false
    }
    async let first = pool.run { meet() }
    async let second = pool.run { meet() }
    let met = try await (first, second)
    check(met.0 && met.1, "they met")
    pool.stop()
  }

  @Test func oneThreadKeepsTheOrderAndStoppingFinishesIt() async {
    let pool = WorkerPool(threads: 1, name: "pool")
    let done = Monitor<[Int]>([])
    let gate = Monitor(false)
    pool.submit { gate.wait { $0 ? () : nil } }
    for number in 0..<5000 { pool.submit { done.withLock { $0.append(number) } } }
    gate.withLock { $0 = true }
    gate.broadcast()
    pool.stop()
    check(done.withLock { $0 }, Array(0..<5000))
    check(!pool.submit {}, "nothing more is taken")
    await #expect(throws: WorkerPool.Stopped.self) { try await pool.run { 1 } }
  }
}
