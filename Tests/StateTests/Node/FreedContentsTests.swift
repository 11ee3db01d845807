import Events
import Ledger
import Platform
import TestKit
import Testing

@testable import State

/// What was expunged leaves the disk; what is held, and what a rebuild says, stays as it is.
@Suite struct FreedContentsTests {
  private static var wanted: CompactionLimits {
    var wanted = CompactionLimits()
    wanted.deadShare = 0.01
    wanted.openDeadBytes = 0
    return wanted
  }

  private func drain(_ node: Node, through horizon: Position = Position(UInt64.max)) throws {
    while try node.freed.step(Self.wanted, through: horizon) {}
  }

  private func expunge(_ node: Node, _ user: UserID, _ uids: ClosedRange<UInt32>) async throws {
    let inbox = try node.state.read { try $0.mailbox(named: .inbox, of: user)!.id }
    _ = try await node.scribe.perform(
      ExpungeMessages(
        user: user, mailbox: inbox, uids: UIDSet(UID(uids.lowerBound)...UID(uids.upperBound)),
        onlyDeleted: false), origin: Origin(actor: .user(user)))
  }

  private func waiting(_ node: Node) throws -> Int {
    try node.state.read { try $0.freed(limit: 1_000).count }
  }

  @Test func `Freed bodies go, their rows go with them, and the digest stays a rebuild's`()
    async throws
  {
    let cell = try Cell()
    let node = try await cell.open()
    let user = try await cell.createDomain(node).administrator
    for _ in 0..<20 { try await cell.append(node, user) }
    try await expunge(node, user, 1...15)
    check(node.journal.content.count, 20)
    check(try waiting(node), 15)
    try drain(node)
    check(node.journal.content.count, 5)
    let usage = node.journal.content.usage
    check(usage.live + 4_096, usage.total, "one segment, without dead bytes")
    // The rows go with the next commit.
    try await cell.append(node, user)
    check(try waiting(node), 0)
    let result = try StateRebuild.compare(
      node.journal, live: node.state, scratch: cell.scratch.path("scratch"))
    check(result.live, result.rebuilt, "at \(result.position)")
    // A rebuild fills the queue again, for bodies that are long gone.
    try await node.rebuild { _, _ in }
    check(try waiting(node), 15)
    await node.stop()
    let again = try await cell.open()
    try drain(again)
    try await cell.append(again, user)
    check(try waiting(again), 0)
    check(again.journal.content.count, 7)
    await again.stop()
  }

  @Test func `A follower that has not passed the expunge keeps the bodies`() async throws {
    let cell = try Cell()
    let node = try await cell.open()
    let user = try await cell.createDomain(node).administrator
    for _ in 0..<4 { try await cell.append(node, user) }
    try await expunge(node, user, 1...2)
    let between = try node.journal.reader.head
    try await expunge(node, user, 3...4)
    try drain(node, through: between)
    check(node.journal.content.count, 2)
    try drain(node)
    check(node.journal.content.count, 0)
    await node.stop()
  }

  @Test func `What was not drained before a stop is drained after the start`() async throws {
    let cell = try Cell()
    var node = try await cell.open()
    let user = try await cell.createDomain(node).administrator
    for _ in 0..<6 { try await cell.append(node, user) }
    try await expunge(node, user, 1...5)
    await node.stop()
    node = try await cell.open()
    check(node.journal.content.count, 6)
    try drain(node)
    check(node.journal.content.count, 1)
    await node.stop()
  }

  /// Its large body was stored before the decision.
  @Test func `The body of a refused message is given up`() async throws {
    let cell = try Cell()
    let node = try await cell.open()
    let body = try node.journal.content.receive(dataKey: cell.entropy.key(), entropy: cell.entropy)
    try body.append([UInt8](repeating: 1, count: 100_000))
    let stored = try body.finish()
    check(node.journal.content.count, 1)
    await node.discard(stored.id)
    try drain(node)
    check(node.journal.content.count, 0)
    check(node.journal.content.usage.live, 0)
    await node.stop()
  }

  @Test func `A verification misses only bodies that are still held`() async throws {
    let cell = try Cell()
    let node = try await cell.open()
    let user = try await cell.createDomain(node).administrator
    for _ in 0..<3 { try await cell.append(node, user) }
    try await expunge(node, user, 2...2)
    try drain(node)
    await node.stop()
    for isLive in [true, false] {
      let data = cell.data
      let bodies = HeldBodies(
        live: isLive ? data + "/state" : data + "/none", scratch: cell.scratch.path("held")
      ) { try Journal(open: data, mode: .reader) }
      var options = Verifier.Options()
      options.isHeld = { origin, _ in try bodies.isHeld(origin) }
      check(Verifier(data: data, options: options).report().findings, [])
      bodies.close()
      check(Directory.exists(cell.scratch.path("held")), false, "the scratch is removed")
    }
    let alone = Verifier(data: cell.data).report()
    check(alone.findingCount, 1, "without State each absent body counts")
  }
}

private func check(_ condition: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
  check(condition, "does not hold", sourceLocation: sourceLocation)
}
