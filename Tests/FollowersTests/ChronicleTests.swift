import Events
import Ledger
import Platform
import State
import TestKit
import Testing

@testable import Followers

@Suite struct ChronicleTests {
  /// A node with its followers, on a real journal.
  struct Cell {
    let scratch: ScratchDirectory
    let node: Node
    let followers: FollowerSet
    let entropy = SeededEntropy(seed: 3)

    init(_ scratch: ScratchDirectory? = nil) async throws {
      let isNew = scratch == nil
      let scratch = try scratch ?? ScratchDirectory()
      if isNew { try Journal.create(at: scratch.path("data"), application: "test").close() }
      var options = Node.Options(onEnd: { _ in })
      options.surroundings.diagnostics = .none
      options.scribe.ballastBytes = 0
      node = try await Node.open(scratch.path("data"), options)
      followers = try FollowerSet(node)
      self.scratch = scratch
    }

    func createDomain(
      _ name: String, correlation: ID? = nil
    ) async throws -> (CreateDomain.Created, Receipt) {
      let user = try NewUser(
        localPart: "admin", verifier: [1], entropy: entropy, at: node.clock.now())
      let decision = CreateDomain(
        try DomainName(name), administrator: user, entropy: entropy, at: node.clock.now())
      let result = try await node.scribe.perform(
        decision, origin: Origin(actor: .server, correlation: correlation))
      return (result.answer, result.receipt!)
    }

    func end() async {
      await Blocking.run { followers.stop() }
      await node.stop()
    }
  }

  @Test func theStoryOfADomainAUserAndAnUndertakingIsFound() async throws {
    let cell = try await Cell()
    let correlation = ID(high: 7, low: 7)
    let (first, one) = try await cell.createDomain("a.test", correlation: correlation)
    let (_, two) = try await cell.createDomain("b.test")
    check(await cell.followers.chronicle.reached(two.last), true)
    let chronicle = cell.followers.chronicle.index
    let story = try chronicle.positions(of: first.domain)
    check(story, (one.first.rawValue...one.last.rawValue).map { Position($0) })
    check(try chronicle.positions(of: first.domain, after: story[2], limit: 2), Array(story[3...4]))
    check(try chronicle.positions(ofCorrelation: correlation), story)
    let ofUser = try chronicle.positions(ofEntity: first.administrator.rawValue)
    check(ofUser.count, 13, "the user, six mailboxes, six subscriptions")
    let inbox = try cell.node.state.read {
      try $0.mailbox(named: .inbox, of: first.administrator)!.id
    }
    check(try chronicle.positions(ofEntity: inbox.rawValue).count, 1)
    check(try chronicle.positions(ofEntity: ID(high: 1, low: 2)).isEmpty, "nobody spoke of it")
    await cell.end()
  }

  @Test func itFollowsOnAfterARestartAndEqualsARebuild() async throws {
    var cell = try await Cell()
    _ = try await cell.createDomain("a.test")
    let scratch = cell.scratch
    await cell.end()
    cell = try await Cell(scratch)
    let (_, receipt) = try await cell.createDomain("b.test")
    check(await cell.followers.chronicle.reached(receipt.last), true)
    let compared = try FollowerSet.compare(
      cell.node.journal, live: cell.followers, scratch: scratch.path("scratch"))
    check(compared.map(\.isEqual), [true])
    check(compared.map { $0.position >= receipt.last }, [true])
    await cell.end()
  }

  @Test func itIsFoldedAnewBesideTheLiveOne() async throws {
    let cell = try await Cell()
    let (_, receipt) = try await cell.createDomain("a.test")
    check(await cell.followers.chronicle.reached(receipt.last), true)
    let before = try cell.followers.chronicle.store.digest()
    try await cell.followers.chronicle.rebuild()
    check(try cell.followers.chronicle.store.digest(), before)
    let (_, later) = try await cell.createDomain("b.test")
    check(await cell.followers.chronicle.reached(later.last), true)
    check(try cell.followers.chronicle.store.digest() != before, "it goes on following")
    await cell.end()
    check(await cell.followers.chronicle.reached(Position(.max)), false)
  }

  @Test func whatWasFoldedFromAnotherJournalIsDropped() async throws {
    let one = try await Cell()
    _ = try await one.createDomain("a.test")
    check(await one.followers.chronicle.reached(Position(5)), true)
    await one.end()
    let other = try await Cell()
    await other.end()
    let path = other.scratch.path("data/followers/chronicle")
    try Directory.removeTree(path)
    try Directory.rename(one.scratch.path("data/followers/chronicle"), to: path)
    let again = try await Cell(other.scratch)
    let (_, receipt) = try await again.createDomain("c.test")
    check(await again.followers.chronicle.reached(receipt.last), true)
    let compared = try FollowerSet.compare(
      again.node.journal, live: again.followers, scratch: other.scratch.path("scratch"))
    check(compared.map(\.isEqual), [true])
    await again.end()
  }
}
