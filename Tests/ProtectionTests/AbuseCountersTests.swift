import Events
import Platform
import TestKit
import Testing

@testable import Protection
@testable import State

@Suite struct AbuseCountersTests {
  let key = AbuseKey(.bruteForce, .imap, .client(at: IPAddress("192.0.2.1")!))
  let policy = AbusePolicy(threshold: 10, seconds: 600, blockSeconds: 1_800)
  static let begin: UInt64 = 5_000_000_000_000

  func at(_ seconds: UInt64) -> UInt64 { Self.begin + seconds * 1_000_000_000 }

  @Test func quartersAreToldOfAndTheThresholdIsReached() {
    var counters = AbuseCounters()
    let steps = (0..<10).map { counters.add(key, policy, now: at($0)) }
    check(
      steps,
      [
        .nothing, .nothing, .quarter(3), .nothing, .nothing, .quarter(6), .nothing, .nothing,
        .quarter(9), .reached(10),
      ])
    check(counters.count, 0, "it begins anew")
    check(counters.add(key, policy, now: at(11)), .nothing)
  }

  /// When each of ten failures comes, in seconds, and whether they are too many together.
  @Test func onlyWhatIsInTheWindowCounts() {
    let table: [(times: [UInt64], isReached: Bool)] = [
      (Array(repeating: 0, count: 10), true),
      (Array(repeating: 0, count: 9) + [539], true),
      (Array(repeating: 0, count: 9) + [601], false),
      ((0..<10).map { $0 * 50 }, true),
      ((0..<10).map { $0 * 70 }, false),
      (Array(repeating: 0, count: 5) + Array(repeating: 660, count: 5), false),
      (Array(repeating: 0, count: 9) + [1_000_000], false),
    ]
    for (times, isReached) in table {
      var counters = AbuseCounters()
      let steps = times.map { counters.add(key, policy, now: at($0)) }
      check(steps.contains(.reached(10)), isReached, "\(times)")
    }
  }

  @Test func aRuleThatIsOffCountsNothing() {
    var counters = AbuseCounters()
    let off = AbusePolicy(threshold: 0, seconds: 600, blockSeconds: 60)
    for _ in 0..<100 { check(counters.add(key, off, now: at(0)), .nothing) }
    check(counters.count, 0)
    let strict = AbusePolicy(threshold: 1, seconds: 60, blockSeconds: 60)
    check(counters.add(key, strict, now: at(0)), .reached(1))
  }

  @Test func whatWasRememberedGoesOn() {
    let table: [(age: UInt64, count: UInt64, left: Int?)] = [
      (0, 9, 1), (500, 6, 4), (599, 9, 1), (600, 9, nil), (10, 10, nil),
    ]
    for (age, count, left) in table {
      var counters = AbuseCounters()
      let known = RememberedCount(
        key: key, count: count, since: ClockMark(wall: .zero, boot: .zero, sinceBoot: 0))
      counters.restore(known, policy, age: .seconds(age), now: at(0))
      var more = 0
      while more < 10 {
        more += 1
        if case .reached = counters.add(key, policy, now: at(0)) { break }
      }
      check(more, left ?? 10, "\(count), \(age) s ago")
    }
  }

  @Test func aFloodOfSourcesIsBounded() {
    var counters = AbuseCounters()
    for number in 0..<UInt32(AbuseCounters.most + 50) {
      let source = AbuseKey(.harvesting, .smtp, .client(IPAddress(v4: number)))
      _ = counters.add(source, policy, now: at(0))
    }
    check(counters.count <= AbuseCounters.most, "\(counters.count)")
    for _ in 0..<9 { _ = counters.add(key, policy, now: at(1)) }
    for number in 0..<UInt32(AbuseCounters.most) {
      let source = AbuseKey(.harvesting, .smtp, .client(IPAddress(v4: 1 << 24 | number)))
      _ = counters.add(source, policy, now: at(2))
    }
    check(counters.add(key, policy, now: at(3)), .reached(10), "who is close is not forgotten")
  }

  /// Also where most have passed a quarter, who is closest is forgotten last.
  @Test func whatIsFurthestFromItsThresholdGivesWay() {
    var counters = AbuseCounters()
    for _ in 0..<9 { _ = counters.add(key, policy, now: at(0)) }
    for number in 0..<UInt32(AbuseCounters.most) {
      let source = AbuseKey(.harvesting, .smtp, .client(IPAddress(v4: number)))
      for _ in 0..<3 { _ = counters.add(source, policy, now: at(1)) }
    }
    check(counters.count < AbuseCounters.most, "\(counters.count)")
    check(counters.add(key, policy, now: at(2)), .reached(10))
  }
}
