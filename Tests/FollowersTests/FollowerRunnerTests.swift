import Events
import Ledger
import Platform
import State
import Store
import Synchronization
import TestKit
import Testing

@testable import Followers

/// Counts events by type, and fails as it is told.
struct Tally: Follower {
  static let name = "tally"
  static let tables = ["count"]
  static let format: UInt64 = 1
  static let readsPersonal = true

  final class Mood: Sendable {
    let error = Mutex<StoreError?>(nil)
    let failures = Mutex(0)
  }

  let mood = Mood()

  func fold(
    _ recorded: Recorded, _ prepared: Void, _ tables: FollowerTables,
    _ transaction: borrowing WriteTransaction
  ) throws {
    if let error = mood.error.withLock({ $0 }) {
      mood.failures.withLock { $0 += 1 }
      throw error
    }
    let key = Array(recorded.header.type.name.utf8)
    let count = try transaction.value(tables["count"], key)?.first ?? 0
    try transaction.put(tables["count"], key, [count &+ 1])
  }
}

@Suite struct FollowerRunnerTests {
  private func open(_ scratch: ScratchDirectory, create: Bool = true) async throws -> Node {
    if create { try Journal.create(at: scratch.path("data"), application: "test").close() }
    var options = Node.Options(onEnd: { _ in })
    options.surroundings.diagnostics = .none
    options.scribe.ballastBytes = 0
    return try await Node.open(scratch.path("data"), options)
  }

  private func happen(_ node: Node) async throws -> Position {
    let reading = AuditRead(
      last: Position(1), what: "test", first: Position(1), reads: 1, window: .zero)
    return try await node.scribe.perform(RecordReading(reading), origin: .server).receipt!.last
  }

  @Test func anErrorThatMayPassIsTriedAgain() async throws {
    let scratch = try ScratchDirectory()
    let node = try await open(scratch)
    let tally = Tally()
    let runner = try FollowerRunner(tally, node.journal)
    tally.mood.error.withLock { $0 = .full }
    runner.start(node.changes)
    let head = try await happen(node)
    while tally.mood.failures.withLock({ $0 }) == 0 { await Task.yield() }
    check(runner.failure, nil)
    tally.mood.error.withLock { $0 = nil }
    check(await runner.reached(head), true)
    await Blocking.run { runner.stop() }
    await node.stop()
  }

  @Test func damageStopsItUntilItIsFoldedAnew() async throws {
    let scratch = try ScratchDirectory()
    let node = try await open(scratch)
    let tally = Tally()
    let runner = try FollowerRunner(tally, node.journal)
    runner.start(node.changes)
    check(await runner.reached(try await happen(node)), true)
    tally.mood.error.withLock { $0 = .damaged("on purpose") }
    let head = try await happen(node)
    check(await runner.reached(head), false, "who waits is told")
    check(runner.failure?.contains("on purpose") == true, "\(runner.failure ?? "none")")
    check(await runner.reached(head), false)
    await #expect(throws: StoreError.self) { try await runner.rebuild() }
    check(Directory.exists(runner.store.directory + ".rebuild"), false)
    tally.mood.error.withLock { $0 = nil }
    try await runner.rebuild()
    check(runner.failure, nil)
    check(await runner.reached(try await happen(node)), true, "it follows on")
    await Blocking.run { runner.stop() }
    await node.stop()
    let digest = try await digestAfterRestart(scratch)
    check(digest.live, digest.rebuilt)
  }

  /// The store's digest after a restart, and that of a fold from the first event in its place.
  private func digestAfterRestart(
    _ scratch: ScratchDirectory
  ) async throws -> (live: Digest, rebuilt: Digest) {
    let node = try await open(scratch, create: false)
    let runner = try FollowerRunner(Tally(), node.journal)
    runner.start(node.changes)
    check(await runner.reached(try node.journal.reader.head), true)
    // The node's end is journaled too, so the digest is taken of what is folded now.
    let head = try node.journal.reader.head
    let live = try runner.store.digest()
    check(runner.position, head)
    await Blocking.run { runner.stop() }
    let rebuilt = try FollowerPlace(Tally.name, node.journal).rebuild(Tally()) { _, _ in }
    check(rebuilt.position, head)
    await node.stop()
    return (live, rebuilt.digest)
  }

  @Test func whoWaitsIsToldOfTheStop() async throws {
    let scratch = try ScratchDirectory()
    let node = try await open(scratch)
    let runner = try FollowerRunner(Tally(), node.journal)
    runner.start(node.changes)
    async let never = runner.reached(Position(.max))
    check(await runner.reached(try await happen(node)), true)
    await Blocking.run { runner.stop() }
    check(await never, false)
    check(await runner.reached(Position(.max)), false)
    await #expect(throws: StoreError.self) { try await runner.rebuild() }
    await node.stop()
  }
}
