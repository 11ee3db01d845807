import Events
import Ledger
import Platform
import TestKit
import Testing

@testable import State

@Suite struct GreylistDecisionTests {
  static let minute: UInt64 = 60
  static let hour: UInt64 = 3_600
  static let day: UInt64 = 86_400
  let times = GreylistTimes(
    delay: .seconds(900), pass: .seconds(21_600), memory: .seconds(3_110_400))

  func mark(_ seconds: UInt64, boot: UInt64 = 1, wall: Int64? = nil) -> ClockMark {
    ClockMark(
      wall: Timestamp(seconds: 1_800_000_000).adding(seconds: wall ?? Int64(seconds)),
      boot: ID(high: 5, low: boot), sinceBoot: (1_000 + seconds) * 1_000_000_000)
  }

  func triplet(_ number: UInt64) -> Triplet { Triplet(rawValue: ID(high: 3, low: number)) }

  /// SPEC §6: refused for 15 minutes, passes for 6 hours, remembered 36 days.
  @Test func theVerdictGoesByTheTimesAlone() {
    let (m, h, d) = (Self.minute, Self.hour, Self.day)
    let table: [(hasPassed: Bool?, after: UInt64, GreylistVerdict)] = [
      (nil, 0, .unknown), (false, 0, .early), (false, 14 * m, .early), (false, 15 * m - 1, .early),
      (false, 15 * m, .passes(isNews: true)), (false, 6 * h, .passes(isNews: true)),
      (false, 6 * h + 15 * m, .passes(isNews: true)), (false, 6 * h + 15 * m + 1, .unknown),
      (true, 0, .passes(isNews: false)), (true, d - 1, .passes(isNews: false)),
      (true, d, .passes(isNews: true)), (true, 36 * d, .passes(isNews: true)),
      (true, 36 * d + 1, .unknown),
    ]
    for (hasPassed, after, verdict) in table {
      let entry = hasPassed.map { GreylistEntry(hasPassed: $0, since: mark(0)) }
      check(times.verdict(on: entry, at: mark(after)), verdict, "\(hasPassed as Any) \(after)")
      // A step of the wall clock changes nothing.
      for step in [-86_400, 86_400, 400_000_000] as [Int64] {
        let now = mark(after, wall: Int64(after) + step)
        check(times.verdict(on: entry, at: now), verdict, "\(after), stepped by \(step)")
      }
    }
    let back = mark(5, boot: 2, wall: -86_400)
    check(
      times.verdict(on: GreylistEntry(hasPassed: true, since: mark(0)), at: back), .unknown,
      "restarted with a clock that went back: it is asked once more")
  }

  @Test func tripletsAreRememberedAndReplaced() throws {
    let bench = try Bench()
    try bench.perform(
      RecordGreylist(at: mark(0), seen: [triplet(1), triplet(2)], passed: [triplet(3)]))
    check(bench.lastEvents.count, 2)
    try bench.perform(RecordGreylist(at: mark(1_000), seen: [], passed: [triplet(1)]))
    func entry(_ number: UInt64) throws -> GreylistEntry? {
      try bench.read { try $0.greylistEntry(triplet(number)) }
    }
    check(try entry(1), GreylistEntry(hasPassed: true, since: mark(1_000)))
    check(try entry(2), GreylistEntry(hasPassed: false, since: mark(0)))
    check(try entry(3), GreylistEntry(hasPassed: true, since: mark(0)))
    check(try entry(4), nil)
    check(try bench.read { try $0.greylistCount() }, 3)
    try bench.checkFolds()
  }

  /// Those that are of no use any more go as others come; the wall clock does not decide it.
  @Test func oldTripletsAreForgotten() throws {
    let bench = try Bench()
    try bench.perform(RecordGreylist(at: mark(0), seen: (0..<40).map(triplet), passed: []))
    try bench.perform(RecordGreylist(at: mark(0), seen: [], passed: (40..<50).map(triplet)))
    let stepped = mark(60, wall: 400_000_000)
    try bench.perform(RecordGreylist(at: stepped, seen: [triplet(90)], passed: []))
    check(try bench.read { try $0.greylistCount() }, 51, "a step forgets nothing")
    for round in 0..<3 as Range<UInt64> {
      try bench.perform(
        RecordGreylist(at: mark(7 * Self.hour), seen: [triplet(91 + round)], passed: []))
    }
    check(try bench.read { try $0.greylistCount() }, 13, "ten that passed, three new ones")
    try bench.perform(
      RecordGreylist(at: mark(40 * Self.day), seen: [triplet(99)], passed: []))
    check(try bench.read { try $0.greylistCount() }, 1)
    try bench.checkFolds()
  }

  @Test func tooManyAtOnceAreRefused() throws {
    let bench = try Bench()
    let many = (0...UInt64(RecordGreylist.most)).map(triplet)
    check(
      bench.refusal(RecordGreylist(at: mark(0), seen: many, passed: [])),
      .limitReached(setting: "triplets in one decision", limit: 1_000, used: 1_001))
    try bench.perform(RecordGreylist(at: mark(0), seen: many.dropLast(), passed: []))
  }

  @Test func anyOfDomainUserAndAliasDisablesIt() throws {
    let town = try Town()
    func isGreylisted(_ name: String = "bob") throws -> Bool {
      try town.bench.read { view in
        guard case .routed(let route) = try view.resolve(Array(name.utf8), domain: "a.test") else {
          return false
        }
        return try view.isGreylisted(route)
      }
    }
    for (name, isGreylisted) in [("slow", true), ("quick", false)] {
      try town.bench.perform(
        AddAlias(
          LocalPart.registering(name), targets: AliasTargets(["bob@a.test", "x@elsewhere.test"]),
          isGreylisted: isGreylisted, in: town.domain, entropy: town.bench.entropy,
          at: town.bench.now), as: .user(town.admin))
    }
    check(try isGreylisted("slow"), "through an alias")
    check(try !isGreylisted("quick"), "through an alias that has it disabled")
    check(try isGreylisted(), "by default")
    try town.set(.user(town.bob), "greylisting.disabled", "on")
    check(try !isGreylisted(), "by the user")
    check(try !isGreylisted("slow"), "by the user behind an alias")
    try town.set(.user(town.bob), "greylisting.disabled", "off")
    try town.set(.domain(town.domain), "greylisting.disabled", "on")
    check(try !isGreylisted(), "by the domain, whatever the user says")
    try town.set(.domain(town.domain), "greylisting.disabled", nil)
    check(try isGreylisted(), "again")
  }
}
