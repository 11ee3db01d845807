import Events
import Ledger
import Network
import Platform
import State
import Synchronization
import TestKit
import Testing

@testable import Protection

@Suite struct SentryTests {
  let attacker = IPAddress("192.0.2.66")!
  let victim = IPAddress("198.51.100.1")!

  func guess(_ sentry: Sentry, _ count: Int, from client: IPAddress? = nil) {
    for _ in 0..<count { sentry.note(.bruteForce, .imap, client: client ?? attacker) }
  }

  func admits(_ sentry: Sentry, _ client: IPAddress, _ service: ProtectedService = .imap) -> Bool {
    let now = sentry.node.clock.sinceBoot()
    return sentry.state.withLock { $0.admits(client, service, now: now) }
  }

  @Test func tenFailuresShutOutTheAddressAndNobodyElse() async throws {
    let post = try await Post()
    let sentry = try Sentry(post.node)
    guess(sentry, 9)
    check(admits(sentry, attacker), "nine are not ten")
    guess(sentry, 1)
    check(!admits(sentry, attacker), "at once, before it is journaled")
    check(admits(sentry, victim), "the victim signs in from elsewhere")
    check(admits(sentry, attacker, .smtp), "per protocol")
    await sentry.journal()
    check(try post.types.suffix(1), ["source.blocked"])
    try sentry.follow()
    check(!admits(sentry, attacker), "still")
    post.clock.advance(by: .seconds(1_799))
    check(!admits(sentry, attacker), "for thirty minutes")
    post.clock.advance(by: .seconds(1))
    check(admits(sentry, attacker), "and not longer")
    await sentry.journal()
    check(try post.types.suffix(1), ["source.unblocked"])
    check(try post.node.state.read { try $0.blocks() }, [])
    await post.node.stop()
  }

  @Test func aLiftedBlockIsGoneWithItsCounter() async throws {
    let post = try await Post()
    let sentry = try Sentry(post.node)
    guess(sentry, 10)
    await sentry.journal()
    try sentry.follow()
    check(sentry.blockCount, 1)
    try await post.perform(LiftBlocks(of: IPNetwork(attacker)))
    try sentry.follow()
    check(admits(sentry, attacker), "lifted")
    check(sentry.blockCount, 0)
    guess(sentry, 9)
    check(admits(sentry, attacker), "it begins at zero")
    await post.node.stop()
  }

  /// A11: neither a restart nor a step of the wall clock, in whatever order, changes a counter by
  /// more than a quarter of the threshold, or a block at all.
  @Test(arguments: [-86_400, 0, 86_400, 400_000_000] as [Int64])
  func restartsAndStepsForgetNothing(step: Int64) async throws {
    var post = try await Post()
    var sentry = try Sentry(post.node)
    guess(sentry, 9)
    await sentry.journal()
    post.clock.set(now: post.clock.now().adding(seconds: step))
    post = try await post.again()
    sentry = try Sentry(post.node)
    guess(sentry, 1)
    check(!admits(sentry, attacker), "nine and one are ten, step \(step)")
    await sentry.journal()
    post.clock.advance(by: .seconds(600))
    post.clock.set(now: post.clock.now().adding(seconds: -2 * step))
    post = try await post.again()
    sentry = try Sentry(post.node)
    check(!admits(sentry, attacker), "the block is there after a restart")
    post.clock.advance(by: .seconds(1_199))
    check(!admits(sentry, attacker), "for what was left of it")
    post.clock.advance(by: .seconds(1))
    check(admits(sentry, attacker), "and no longer")
    await sentry.journal()
    check(
      try post.types.filter { $0.hasPrefix("source.") }, ["source.blocked", "source.unblocked"])
    await post.node.stop()
  }

  @Test func afterARestartOfTheMachineTheWallClockDecides() async throws {
    var post = try await Post()
    var sentry = try Sentry(post.node)
    guess(sentry, 10)
    await sentry.journal()
    post.clock.advance(by: .seconds(600))
    post.clock.reboot(as: ID(high: 0xb007, low: 2))
    post = try await post.again()
    sentry = try Sentry(post.node)
    check(!admits(sentry, attacker), "twenty minutes are left")
    post.clock.advance(by: .seconds(1_200))
    check(admits(sentry, attacker), "they are over")
    await post.node.stop()
  }

  /// Lists, whitelist, and what each says of an address.
  @Test func theNarrowestNetworkDecides() async throws {
    let post = try await Post()
    let sentry = try Sentry(post.node)
    try await post.perform(ChangeAccess(IPNetwork("192.0.2.0/24")!, .deny))
    try await post.perform(ChangeAccess(IPNetwork("192.0.2.66")!, .allow, services: [.imap]))
    try await post.perform(ChangeAccess(IPNetwork("2001:db8::/32")!, .deny, services: [.pop]))
    try sentry.follow()
    let table: [(String, ProtectedService, Bool)] = [
      ("192.0.2.1", .imap, false), ("192.0.2.66", .imap, true), ("192.0.2.66", .smtp, false),
      ("192.0.3.1", .imap, true), ("2001:db8::1", .pop, false), ("2001:db8::1", .imap, true),
      ("127.0.0.1", .smtp, true), ("127.0.0.2", .smtp, true), ("::1", .pop, true),
    ]
    for (address, service, isAdmitted) in table {
      check(admits(sentry, IPAddress(address)!, service), isAdmitted, "\(address) \(service)")
    }
    guess(sentry, 50)
    check(admits(sentry, attacker), "the whitelist is not counted")
    guess(sentry, 50, from: .loopbackV4)
    check(admits(sentry, .loopbackV4), "nor is loopback")
    let neighbour = IPAddress("127.9.9.9")!
    guess(sentry, 50, from: neighbour)
    check(admits(sentry, neighbour), "which is all of 127.0.0.0/8")
    await post.node.stop()
  }

  @Test func whatATrustedProxySaysOfNobodyIsNotCounted() async throws {
    let post = try await Post()
    let sentry = try Sentry(post.node)
    try await post.set("proxy.trusted", "192.0.2.64/30")
    try sentry.follow()
    guess(sentry, 50)
    check(admits(sentry, attacker), "it is a proxy")
    guess(sentry, 10, from: victim)
    check(!admits(sentry, victim), "its clients are counted")
    await post.node.stop()
  }

  @Test func connectionsAndSessionsWithoutAMessageCountAtTheDoor() async throws {
    let post = try await Post()
    let sentry = try Sentry(post.node)
    let imap = sentry.door(.imap)
    for number in 1...199 { check(imap.admits(attacker), "connection \(number)") }
    check(!imap.admits(attacker), "two hundred in five minutes are too many")
    check(sentry.door(.pop).admits(attacker), "elsewhere it has not knocked")
    let smtp = sentry.door(.smtp)
    var good = ConnectionTally()
    good.isEventful = true
    var excused = ConnectionTally()
    excused.isExcused = true
    for _ in 0..<19 {
      smtp.left(victim, ConnectionTally())
      smtp.left(victim, good)
      smtp.left(victim, excused)
    }
    check(smtp.admits(victim), "nineteen")
    smtp.left(victim, ConnectionTally())
    check(!smtp.admits(victim), "twenty in five minutes are too many")
    await sentry.journal()
    let blocks = try post.node.state.read { try $0.blocks() }
    check(Set(blocks.map(\.rule)), [.denialOfService, .badSessions])
    await post.node.stop()
  }

  /// From a whole /32 of IPv6: every network is shut out, but neither memory nor the journal grows
  /// with their number, and whoever is let in early is told of.
  @Test func aFloodOfSourcesIsBoundedInMemoryAndJournal() async throws {
    let post = try await Post()
    try await post.set("abuse.bad_smtp_sessions_threshold", "2")
    let sentry = try Sentry(post.node)
    func attack(_ networks: Range<UInt64>) {
      for number in networks {
        let client = IPAddress(high: 0x2001_0db8_0000_0000 | number, low: 1)
        for _ in 0..<2 { sentry.note(.badSessions, .smtp, client: client) }
      }
    }
    func last(_ number: UInt64) -> IPAddress {
      IPAddress(high: 0x2001_0db8_0000_0000 | number, low: 0xffff)
    }
    attack(0..<1_500)
    await sentry.journal()
    try sentry.follow()
    check(try post.types.count { $0 == "source.blocked" }, 1_000, "in a minute")
    check(!admits(sentry, last(1_499), .smtp), "all are shut out")
    post.clock.advance(by: .seconds(60))
    await sentry.journal()
    try sentry.follow()
    check(try post.types.count { $0 == "source.blocked" }, 1_500, "the others a minute later")
    let (most, before) = (UInt64(SentryState.mostHolds), try post.types.count)
    attack(1_500..<3 * most)
    check(sentry.blockCount <= 2 * SentryState.mostHolds, "\(sentry.blockCount)")
    await sentry.journal()
    check(sentry.blockCount <= SentryState.mostHolds, "\(sentry.blockCount)")
    let newest = try post.types.dropFirst(before)
    check(newest.count { $0 == "source.unblocked" }, 1_500, "who was blocked first makes room")
    check(newest.count { $0 == "source.blocked" } <= 1_000, "\(newest.count)")
    check(newest.count { $0 == "abuse.counted" } <= 20, "\(newest.count)")
    check(try post.node.state.read { try $0.blocks().count } <= 1_000, "State too")
    post.clock.advance(by: .seconds(301))
    await sentry.journal()
    check(sentry.blockCount, 0)
    await post.node.stop()
  }

  /// Failures from everywhere are reported of the account, which stays open.
  @Test func anAccountThatIsGuessedAtIsReportedAndNotShut() async throws {
    let post = try await Post()
    let sentry = try Sentry(post.node)
    let user = UserID(rawValue: ID(high: 8, low: 8))
    for number in 0..<60 as Range<UInt32> {
      sentry.noteRefusal(
        at: .imap, client: "\(IPAddress(v4: 0x0a00_0000 | number))", user: user)
      sentry.noteRefusal(at: .imap, client: "127.0.0.1", user: user)
      sentry.noteRefusal(at: .imap, client: "192.0.2.9", user: nil)
    }
    await sentry.journal()
    check(
      try post.types.filter { $0.hasPrefix("abuse.r") || $0.hasPrefix("source") },
      ["source.blocked", "abuse.reported"])
    check(admits(sentry, victim), "its owner gets in")
    check(!admits(sentry, IPAddress("192.0.2.9")!), "one address is another matter")
    await post.node.stop()
  }

  @Test func usersAreReportedAndNotBlocked() async throws {
    let post = try await Post()
    let sentry = try Sentry(post.node)
    let user = UserID(rawValue: ID(high: 8, low: 8))
    for _ in 0..<500 { sentry.noteMessage(from: user, isBounce: false, to: []) }
    for _ in 0..<100 { sentry.noteMessage(from: nil, isBounce: true, to: [user, user]) }
    await sentry.journal()
    check(
      try post.types.filter { $0.hasPrefix("abuse.r") }, ["abuse.reported", "abuse.reported"])
    check(sentry.blockCount, 0)
    await post.node.stop()
  }
}
