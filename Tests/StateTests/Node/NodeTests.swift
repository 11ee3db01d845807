import Events
import Ledger
import Platform
import TestKit
import Testing

@testable import State

@Suite struct NodeTests {
  @Test func whatWasDecidedIsThereAfterARestartAndEqualsARebuild() async throws {
    let cell = try Cell()
    var node = try await cell.open()
    let created = try await cell.createDomain(node)
    for _ in 0..<20 { try await cell.append(node, created.administrator) }
    let digest = try node.state.digest()
    await node.stop()
    node = try await cell.open()
    check(try node.state.digest(), digest, "a start changes nothing that is folded")
    let inbox = try node.state.read { try $0.mailbox(named: .inbox, of: created.administrator) }
    check(inbox?.messages, 20)
    let stored = try node.state.read { view in
      try view.stored(view.message(.first, in: inbox!.id)!)!
    }
    let key = node.journal.keyring.unwrap(stored.content.wraps[0])
    check(key != nil, "the owner's key opens the wrap")
    let result = try StateRebuild.compare(
      node.journal, live: node.state, scratch: cell.scratch.path("scratch"))
    check(result.live, result.rebuilt, "at \(result.position)")
    await node.stop()
  }

  @Test func aTornStateStartsFromItsNewestWholeCopy() async throws {
    let cell = try Cell()
    var node = try await cell.open(boot: ID(high: 1, low: 1))
    let created = try await cell.createDomain(node)
    try await cell.append(node, created.administrator)
    let keeper = SnapshotKeeper(node.journal, node.state)
    try keeper.copy()
    let copied = try NodeState.snapshots(node.journal).positions()
    try await cell.append(node, created.administrator)
    try keeper.copy()
    let digest = try node.state.digest()
    await node.stop()
    // As after a power cut: another boot, no clean mark; and the newest copy is damaged.
    try TrustMark(node.journal.directory.state).open(boot: ID(high: 1, low: 1))
    try spoil(node.journal.directory.state + "/data.mdb")
    let newest = try NodeState.snapshots(node.journal).positions()[0]
    let name = String(newest.rawValue, radix: 16)
    try spoil(
      NodeState.snapshots(node.journal).directory + "/"
        + String(repeating: "0", count: 16 - name.count) + name + "/data.mdb")
    check(throwsDamage { _ = try StateEnvironment(node.journal.directory.state, isWriter: false) })
    check(try NodeState.snapshots(node.journal).isWhole(newest), false)
    check(try NodeState.snapshots(node.journal).isWhole(copied[0]), true)
    node = try await cell.open(boot: ID(high: 2, low: 2))
    check(try node.state.digest(), digest)
    await node.stop()
    // Without any copy it is folded from the first event.
    try TrustMark(node.journal.directory.state).open(boot: ID(high: 3, low: 3))
    try Directory.removeTree(NodeState.snapshots(node.journal).directory)
    node = try await cell.open(boot: ID(high: 4, low: 4))
    check(try node.state.digest(), digest)
    await node.stop()
  }

  @Test func stateIsFoldedAnewWhileMailArrives() async throws {
    let cell = try Cell()
    let node = try await cell.open()
    let created = try await cell.createDomain(node)
    for _ in 0..<50 { try await cell.append(node, created.administrator) }
    let user = created.administrator
    async let rebuilt: Void = node.rebuild { _, _ in }
    for _ in 0..<50 { try await cell.append(node, user) }
    try await rebuilt
    for _ in 0..<5 { try await cell.append(node, user) }
    let inbox = try node.state.read { try $0.mailbox(named: .inbox, of: user) }
    check(inbox?.messages, 105)
    check(Directory.exists(node.journal.directory.state + ".old"), false)
    check(Directory.exists(node.journal.directory.state + ".rebuild"), false)
    let result = try StateRebuild.compare(
      node.journal, live: node.state, scratch: cell.scratch.path("scratch"))
    check(result.live, result.rebuilt, "at \(result.position)")
    await node.stop()
  }

  @Test func theFeedTellsOfMailboxesWithoutData() async throws {
    let cell = try Cell()
    let node = try await cell.open()
    let created = try await cell.createDomain(node)
    let inbox = try node.state.read { try $0.mailbox(named: .inbox, of: created.administrator)!.id }
    let news = node.changes.subscribe(.mailbox(inbox))
    check(news.take(), nil)
    for _ in 0..<3 { try await cell.append(node, created.administrator) }
    let reached = await news.next()
    check(reached, try node.state.read { try $0.mailbox(inbox)?.highestModseq }, "coalesced")
    check(news.take(), nil)
    async let next = news.next()
    try await cell.append(node, created.administrator)
    check(await next != nil, "a waiting subscriber is woken")
    let waiting = Task { await news.next() }
    waiting.cancel()
    check(await waiting.value, nil)
    check(node.changes.subscriptions, 0)
    let late = node.changes.subscribe(.head)
    await node.stop()
    check(await late.next(), nil, "the node has stopped")
  }

  @Test func checkpointsGoWhereTheSettingSays() async throws {
    let cell = try Cell()
    var node = try await cell.open()
    let outside = cell.scratch.path("outside.notes")
    _ = try await node.scribe.perform(
      ChangeSettings(.system, [.init("checkpoint.copy", outside)]), origin: .server)
    await node.stop()
    node = try await cell.open()
    await node.stop()
    check(Directory.exists(outside), "from the next start on")
  }

  private func spoil(_ path: String) throws {
    let file = try Descriptor.open(path, [.read, .write])
    try file.pwrite([UInt8](repeating: 0xEE, count: 64), at: 4_096 + 100)
    try file.fsync()
  }

  private func throwsDamage(_ body: () throws -> Void) -> Bool {
    do {
      try body()
      return false
    } catch { return "\(error)".contains("damaged") }
  }
}

private func check(_ condition: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
  check(condition, "does not hold", sourceLocation: sourceLocation)
}
