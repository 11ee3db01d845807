import Events
import Ledger
import Platform
import TestKit
import Testing

@testable import State

@Suite struct AbuseDecisionTests {
  static let client = AbuseSubject.client(at: IPAddress("192.0.2.7")!)
  static let guessing = AbuseKey(.bruteForce, .imap, client)

  func mark(_ bench: Bench, after seconds: UInt64 = 0, boot: UInt64 = 1) -> ClockMark {
    ClockMark(
      wall: bench.now.adding(seconds: Int64(seconds)), boot: ID(high: 5, low: boot),
      sinceBoot: (1_000 + seconds) * 1_000_000_000)
  }

  @Test func aThresholdThatIsReachedBlocksAndTellsByWhichSetting() throws {
    let bench = try Bench()
    try bench.perform(ChangeSettings(.system, [.init("abuse.brute_force_threshold", "3")]))
    let setting = Position(2)
    try bench.perform(
      RecordAbuse(at: mark(bench), reached: [.init(Self.guessing, 3)]))
    guard case .sourceBlocked(let event) = bench.lastEvents.first else {
      Issue.record("\(bench.lastEvents)")
      return
    }
    check(event.source, .value("192.0.2.7"))
    check([event.rule, event.service], ["brute_force", "imap"])
    check([event.count, event.threshold, event.window], [3, 3, 600])
    check(event.setting, setting)
    check(event.until, bench.now.adding(seconds: 1_800))
    let block = try #require(try bench.read { try $0.blocks() }.first)
    check(block.left(at: mark(bench, after: 600)), .seconds(1_200))
    check(block.left(at: mark(bench, after: 4_000)), .zero)
    try bench.checkFolds()
  }

  /// Given what was counted, then these events.
  @Test func whatIsNotOrNoLongerTooMuchIsLeftOut() throws {
    let user = UserID(rawValue: ID(high: 1, low: 1))
    let table: [(AbuseKey, UInt64, setting: (String, String)?, types: [String])] = [
      (Self.guessing, 9, nil, []),
      (Self.guessing, 10, nil, ["source.blocked"]),
      (Self.guessing, 10, ("abuse.brute_force_threshold", "20"), []),
      (Self.guessing, 10, ("abuse.brute_force_threshold", "0"), []),
      (Self.guessing, 10, ("abuse.brute_force_block", "0"), ["abuse.reported"]),
      (AbuseKey(.harvesting, .smtp, Self.client), 50, nil, ["source.blocked"]),
      (AbuseKey(.internalSpammer, .smtp, .user(user)), 499, nil, []),
      (AbuseKey(.internalSpammer, .smtp, .user(user)), 500, nil, ["abuse.reported"]),
      (AbuseKey(.bounces, .smtp, .user(user)), 100, nil, ["abuse.reported"]),
      (AbuseKey(.accountGuessing, .imap, .user(user)), 50, nil, ["abuse.reported"]),
    ]
    for (key, count, setting, types) in table {
      let bench = try Bench()
      if let setting {
        try bench.perform(ChangeSettings(.system, [.init(setting.0, setting.1)]))
      }
      let before = bench.journal.count
      try bench.perform(RecordAbuse(at: mark(bench), reached: [.init(key, count)]))
      check(
        bench.journal.dropFirst(before).map(\.header.type.name), types,
        "\(key.rule) \(count) \(setting?.0 ?? "")")
      try bench.checkFolds()
    }
  }

  @Test func aBlockEndsOnceOrIsLifted() throws {
    let bench = try Bench()
    try bench.perform(RecordAbuse(at: mark(bench), reached: [.init(Self.guessing, 10)]))
    let block = try #require(try bench.read { try $0.blocks() }.first)
    let network = IPNetwork("192.0.2.0/24")!
    check(bench.refusal(LiftBlocks(of: network), as: .peer), .forbidden(what: "lifting a block"))
    check(
      bench.refusal(LiftBlocks(of: network, service: .smtp)),
      .notFound(what: "a block of 192.0.2.0/24"))
    let lifted = try bench.perform(LiftBlocks(of: network), as: .operator(uid: 3))
    check(lifted, [block])
    check(
      bench.lastEvents,
      [.sourceUnblocked(SourceUnblocked(block: block.position, reason: "lifted"))])
    let before = bench.journal.count
    try bench.perform(
      RecordAbuse(at: mark(bench), ended: [block.position], displaced: [block.position]))
    check(bench.journal.count, before, "it was over already")
    check(try bench.read { try $0.blocks() }, [])
    try bench.checkFolds()
  }

  @Test func aBlockMakesRoomForOthers() throws {
    let bench = try Bench()
    try bench.perform(RecordAbuse(at: mark(bench), reached: [.init(Self.guessing, 10)]))
    let block = try #require(try bench.read { try $0.blocks() }.first)
    try bench.perform(RecordAbuse(at: mark(bench), displaced: [block.position]))
    check(
      bench.lastEvents,
      [.sourceUnblocked(SourceUnblocked(block: block.position, reason: "displaced"))])
    check(try bench.read { try $0.blocks() }, [])
    try bench.checkFolds()
  }

  @Test func anAddressLiftsTheNetworkThatIsBlockedForIt() throws {
    let bench = try Bench()
    let network = AbuseSubject.client(at: IPAddress("2001:db8:1:2:3:4:5:6")!)
    check(network.source, "2001:db8:1:2::/64")
    try bench.perform(
      RecordAbuse(at: mark(bench), reached: [.init(AbuseKey(.harvesting, .smtp, network), 50)]))
    check(try bench.read { try $0.blocks() }.map(\.subject), [network])
    let lifted = try bench.perform(LiftBlocks(of: IPNetwork("2001:db8:1:2::9")!))
    check(lifted.map(\.source), ["2001:db8:1:2::/64"])
    try bench.checkFolds()
  }

  @Test func countsAreRememberedUntilTheyBlock() throws {
    let bench = try Bench()
    let user = AbuseKey(.bounces, .smtp, .user(UserID(rawValue: ID(high: 1, low: 1))))
    try bench.perform(
      RecordAbuse(at: mark(bench), counted: [.init(Self.guessing, 3), .init(user, 25)]))
    try bench.perform(RecordAbuse(at: mark(bench, after: 9), counted: [.init(Self.guessing, 6)]))
    let known = try bench.read { try $0.abuseCounts() }
    check(Set(known.map(\.key)), [Self.guessing, user])
    check(known.first { $0.key == Self.guessing }?.count, 6)
    check(known.first { $0.key == Self.guessing }?.since, mark(bench, after: 9))
    try bench.perform(RecordAbuse(at: mark(bench), reached: [.init(Self.guessing, 10)]))
    check(try bench.read { try $0.abuseCounts() }.map(\.key), [user])
    try bench.checkFolds()
  }

  /// Durations go by the boot clock, whatever is done to the wall clock; after a restart of the
  /// machine by the wall clock, and where that went back nobody can tell.
  @Test func agesAreToldByTheClockThatCanTell() throws {
    let bench = try Bench()
    let begin = mark(bench)
    func later(_ seconds: UInt64, wall: Int64, boot: UInt64 = 1) -> ClockMark {
      ClockMark(
        wall: bench.now.adding(seconds: wall), boot: ID(high: 5, low: boot),
        sinceBoot: (1_000 + seconds) * 1_000_000_000)
    }
    let table: [(ClockMark, Duration?)] = [
      (later(60, wall: 60), .seconds(60)), (later(60, wall: -86_400), .seconds(60)),
      (later(60, wall: 400_000_000), .seconds(60)), (later(5, wall: 70, boot: 2), .seconds(70)),
      (later(5, wall: -70, boot: 2), nil),
    ]
    for (now, age) in table { check(begin.age(at: now), age, "\(now)") }
  }
}
