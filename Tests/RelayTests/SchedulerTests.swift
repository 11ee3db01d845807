import Delivery
import Events
import Platform
import TestKit
import Testing

@testable import Relay
@testable import State

/// A scheduler with jobs that are carried out one step at a time.
struct Yard {
  var scheduler = Scheduler()
  let now = Timestamp(seconds: 1_800_000_000)

  static func domain(_ number: UInt64) -> DomainID { DomainID(rawValue: ID(high: 1, low: number)) }

  mutating func add(
    _ entry: UInt64, _ recipients: Range<Int> = 0..<1, to destination: String, priority: Int = 5,
    domain: UInt64 = 1, due: Int64 = 0
  ) {
    for index in recipients {
      scheduler.add(
        SpoolDue(
          key: .init(
            due: now.adding(seconds: due), entry: Position(entry), index: index),
          priority: priority, size: 1_000, domain: Self.domain(domain), isAdmitted: true,
          isBegun: false, isForced: false, destination: Array(destination.utf8)),
        to: destination)
    }
  }

  /// Everything that can start now.
  mutating func starts() -> [Scheduler.Start] {
    var starts: [Scheduler.Start] = []
    while let start = scheduler.next() { starts.append(start) }
    return starts
  }

  /// Carries a job out: its session opens, it is delivered, it ends.
  mutating func deliver(_ id: Int) {
    _ = scheduler.reached(id)
    _ = scheduler.leave(id)
    scheduler.close(id)
    scheduler.end(id)
  }

  /// Delivers what starts, one after the other; the entries in that order.
  mutating func drain() -> [UInt64] {
    var order: [UInt64] = []
    while let start = scheduler.next() {
      order.append(start.job.entry.rawValue)
      deliver(start.job.id)
    }
    return order
  }
}

@Suite struct SchedulerTests {
  @Test func `Everything that is due goes, whatever it takes transactions`() {
    var yard = Yard()
    yard.add(1, 0..<71, to: "a.test")
    yard.add(2, 0..<271, to: "a.test")
    yard.add(3, 0..<58, to: "b.test")
    var recipients = 0
    while let start = yard.scheduler.next() {
      recipients += start.job.recipients.count
      check(start.job.recipients.count <= 100, "one transaction takes a hundred")
      yard.deliver(start.job.id)
    }
    check(recipients, 400)
    check(yard.scheduler.count, 0)
  }

  @Test func `The higher priority goes first, and every tenth turn goes to the oldest`() {
    var yard = Yard()
    for number in 0..<20 { yard.add(UInt64(100 + number), to: "a.test", priority: 1, due: -1_000) }
    for number in 0..<30 { yard.add(UInt64(number), to: "b\(number).test", priority: 9) }
    var turns: [SpoolTurn] = []
    while let start = yard.scheduler.next() {
      turns.append(start.turn)
      yard.deliver(start.job.id)
    }
    let oldest = turns.indices.filter { turns[$0] == .oldest }
    check(oldest, [9, 19, 29, 39, 49])
    check(turns.prefix(9).allSatisfy { $0 == .priority(9) }, "\(turns.prefix(9))")
    check(turns.count, 50)
  }

  @Test func `A destination nobody has reached is sought by one, then twenty go at a time`() {
    var yard = Yard()
    for number in 0..<40 { yard.add(UInt64(number), to: "a.test") }
    let first = yard.starts()
    check(first.count, 1)
    check(yard.scheduler.reached(first[0].job.id), "it has a place")
    check(yard.starts().count, 19)
  }

  @Test func `Bounds hold for the server, for a destination and for a source domain`() {
    var yard = Yard()
    yard.scheduler.bounds.workers = 30
    yard.scheduler.bounds.perDomain = 20
    for number in 0..<200 {
      yard.add(UInt64(number), to: "d\(number).test", domain: UInt64(number % 3))
    }
    let starts = yard.starts()
    var granted: [DomainID: Int] = [:]
    for start in starts where yard.scheduler.reached(start.job.id) {
      granted[start.job.domain, default: 0] += 1
    }
    check(granted.values.reduce(0, +), 30, "dialogues at once")
    check(granted.values.allSatisfy { $0 <= 20 }, "\(granted)")
  }

  @Test func `A hundred thousand for the dead do not keep one for the living`() {
    var yard = Yard()
    for number in 0..<100_000 {
      yard.add(UInt64(number), to: "dead\(number % 10_000).test", domain: UInt64(number % 7))
    }
    // Each dead destination is sought by one job, which hangs.
    let hanging = yard.starts()
    check(hanging.count, 10_000)
    yard.add(200_000, to: "living.test")
    let living = yard.starts()
    check(living.map(\.job.entry.rawValue), [200_000])
    check(yard.scheduler.reached(living[0].job.id), "it has a worker's place at once")
  }

  @Test func `A destination that fails sleeps as one, and its line is put off`() {
    var yard = Yard()
    for number in 0..<1_000 { yard.add(UInt64(number), to: "dead.test") }
    let start = yard.starts()[0]
    let failure = RecipientOutcome(
      .deferred, status: EnhancedStatus(4, 4, 1), text: "no answer")
    yard.scheduler.failed(start.job.id, failure, at: yard.now)
    yard.scheduler.end(start.job.id)
    check(yard.starts().count, 0)
    var putOff = 0
    while let (job, _) = yard.scheduler.nextPutOff() {
      putOff += job.recipients.count
      yard.scheduler.end(job.id)
    }
    check(putOff, 999)
    yard.scheduler.wake(at: yard.now.adding(seconds: 61))
    yard.add(5_000, to: "dead.test")
    check(yard.starts().count, 1, "it is tried again when it wakes")
  }

  @Test func `What is held until a time goes then`() {
    var yard = Yard()
    yard.add(1, 0..<3, to: "a.test")
    let start = yard.starts()[0]
    yard.scheduler.hold(start.job.id, [0, 1, 2], until: yard.now.adding(seconds: 3_600))
    check(yard.starts().count, 0)
    yard.scheduler.wake(at: yard.now.adding(seconds: 3_600))
    check(yard.starts().map(\.job.recipients), [[0, 1, 2]])
  }

  /// What one message costs, in comparisons, grows with the logarithm of what is queued at most.
  @Test func `A message costs about the same among a thousand and among a hundred thousand`() {
    func cost(_ count: Int) -> Double {
      var yard = Yard()
      for number in 0..<count {
        yard.add(UInt64(number), to: "d\(number % 1_000).test", priority: 1 + number % 10)
      }
      _ = yard.drain()
      check(yard.scheduler.count, 0)
      return Double(yard.scheduler.steps) / Double(count)
    }
    let (few, many) = (cost(1_000), cost(100_000))
    check(many < few * 4, "\(few) and \(many) comparisons a message")
  }

  @Test func `Whoever waits for a place costs about the same among many`() {
    func cost(_ count: Int) -> Double {
      var yard = Yard()
      for number in 0..<count { yard.add(UInt64(number), to: "d\(number).test") }
      // All their sessions open at once.
      for start in yard.starts() { _ = yard.scheduler.reached(start.job.id) }
      let before = yard.scheduler.steps
      var ready = yard.scheduler.jobs.values.filter { $0.stage == .dialogue }.map(\.id)
      var ended = 0
      while let id = ready.popLast() {
        ready += yard.scheduler.leave(id)
        yard.scheduler.end(id)
        ended += 1
      }
      check(ended, count)
      return Double(yard.scheduler.steps - before) / Double(count)
    }
    let (few, many) = (cost(200), cost(20_000))
    check(many < few * 4, "\(few) and \(many) comparisons a message")
  }
}
