import Events
import Ledger
import Platform
import State
import TestKit
import Testing

@testable import Protection

@Suite struct GreylistTests {
  let client = IPAddress("192.0.2.66")!

  func delays(
    _ sentry: Sentry, _ client: String = "192.0.2.66", sender: String = "a@there.test",
    recipient: String = "bob@mx.test"
  ) throws -> Bool {
    try sentry.delays(
      client: IPAddress(client)!, sender: Array(sender.utf8), recipient: Array(recipient.utf8))
  }

  @Test func anUnknownTripletComesAgainLater() async throws {
    let post = try await Post()
    let sentry = try Sentry(post.node)
    check(try delays(sentry), "it is unknown")
    post.clock.advance(by: .seconds(899))
    check(try delays(sentry), "too early")
    post.clock.advance(by: .seconds(1))
    check(try !delays(sentry, "192.0.2.99"), "its network is known")
    check(try !delays(sentry, sender: "A@There.test", recipient: "BOB@mx.test"), "in any case")
    check(try delays(sentry, "192.0.3.66"), "another network")
    check(try delays(sentry, sender: "b@there.test"), "another sender")
    check(try delays(sentry, recipient: "eve@mx.test"), "another recipient")
    check(try !delays(sentry, "127.0.0.1"), "loopback is whitelisted")
    await post.node.stop()
  }

  @Test(arguments: [-86_400, 0, 86_400, 400_000_000] as [Int64])
  func restartsAndStepsForgetNothing(step: Int64) async throws {
    var post = try await Post()
    var sentry = try Sentry(post.node)
    check(try delays(sentry), "unknown")
    await sentry.journal()
    post.clock.set(now: post.clock.now().adding(seconds: step))
    post = try await post.again()
    sentry = try Sentry(post.node)
    check(try delays(sentry), "a step is no time that passes")
    post.clock.advance(by: .seconds(900))
    check(try !delays(sentry), "a quarter of an hour is")
    await sentry.journal()
    post = try await post.again()
    sentry = try Sentry(post.node)
    post.clock.advance(by: .seconds(35 * 86_400))
    check(try !delays(sentry), "remembered")
    await sentry.journal()
    post.clock.advance(by: .seconds(35 * 86_400))
    check(try !delays(sentry), "and longer as it is used")
    post.clock.advance(by: .seconds(37 * 86_400))
    check(try delays(sentry), "but not for ever")
    await post.node.stop()
  }

  /// Many in a second are few events, and a flood is bounded.
  @Test func aFloodIsBoundedByTheMinute() async throws {
    let post = try await Post()
    let sentry = try Sentry(post.node)
    for number in 0..<150 { check(try delays(sentry, sender: "\(number)@there.test"), "flood") }
    await sentry.journal()
    check(try post.types.count { $0 == "greylist.seen" }, 1)
    check(try post.node.state.read { try $0.greylistCount() }, 100)
    for number in 0..<6_000 {
      check(try delays(sentry, "10.\(number / 250).\(number % 250).1"), "flood")
    }
    await sentry.journal()
    check(
      try post.node.state.read { try $0.greylistCount() }, GreylistPending.mostInAMinute,
      "of all networks together")
    post.clock.advance(by: .seconds(61))
    check(try delays(sentry, sender: "later@there.test"), "unknown")
    await sentry.journal()
    check(
      try post.node.state.read { try $0.greylistCount() }, GreylistPending.mostInAMinute + 1,
      "another minute")
    await post.node.stop()
  }

  /// One who has a whole /32 of IPv6, or a /16 of IPv4, does not use up what others need.
  @Test func aProviderLeavesRoomForOthers() async throws {
    let post = try await Post()
    let sentry = try Sentry(post.node)
    for number in 0..<3_000 {
      check(try delays(sentry, "2001:db8:\(String(number, radix: 16))::1"), "IPv6")
      check(try delays(sentry, "10.7.\(number % 250).1", sender: "\(number)@there.test"), "IPv4")
    }
    check(try delays(sentry, "198.51.100.1"), "unknown")
    post.clock.advance(by: .seconds(900))
    check(try !delays(sentry, "198.51.100.1"), "it was remembered")
    await sentry.journal()
    check(
      try post.node.state.read { try $0.greylistCount() },
      2 * GreylistPending.mostOfAProvider + 1)
    await post.node.stop()
  }

  @Test func itIsSwitchedOffByItsDelay() async throws {
    let post = try await Post()
    let sentry = try Sentry(post.node)
    try await post.set("greylisting.delay", "0")
    try sentry.follow()
    check(try !delays(sentry), "off")
    try await post.set("greylisting.delay", "1")
    try sentry.follow()
    check(try delays(sentry), "on")
    post.clock.advance(by: .seconds(60))
    check(try !delays(sentry), "a minute")
    await post.node.stop()
  }

  @Test func whatCannotBeJournaledIsKept() {
    var pending = GreylistPending()
    let now = ClockMark(ManualClock())
    let triplets = (0..<3 as Range<UInt64>).map { Triplet(rawValue: ID(high: 1, low: $0)) }
    for triplet in triplets { pending.see(triplet, from: client, at: now) }
    let due = pending.take(at: now)
    check(pending.take(at: now) == nil, "taken")
    check(pending.entry(triplets[0]) != nil, "on its way it is known")
    pending.pass(triplets[0], at: now)
    if let due { pending.putBack(due) }
    check(pending.entry(triplets[0])?.hasPassed, true, "what came since then stays")
    let again = pending.take(at: now)
    check(Set(again?.seen ?? []), Set(triplets.dropFirst()))
    check(again?.passed, [triplets[0]])
    if let again { pending.settle(again) }
    check(pending.entry(triplets[1]) == nil, "State has it")
  }
}
