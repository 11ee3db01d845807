import Events
import Ledger
import Platform
import Store
import Synchronization
import TestKit
import Testing

@testable import State

@Suite struct StatePreparationTests {
  /// Makes the State in a directory look as if another version had folded it.
  private func age(_ directory: String) throws {
    let meta = StateTable.meta.name
    let environment = try Store.Environment(path: directory, tables: [meta])
    defer { environment.close() }
    let table = environment.table(meta)
    try environment.write { try $0.put(table, StateMeta.format, StateMeta.row(99)) }
  }

  /// Opens the node and counts the events it had to fold at its start.
  private func open(_ cell: Cell) async throws -> (Node, folded: UInt64) {
    let folded = Mutex<UInt64>(0)
    var options = Node.Options(onEnd: { _ in })
    options.surroundings.diagnostics = .none
    options.scribe.ballastBytes = 0
    options.onFold = { done, _ in folded.withLock { $0 = max($0, done.rawValue) } }
    let node = try await Node.open(cell.data, options)
    return (node, folded.withLock { $0 })
  }

  @Test func aPreparedStateIsTakenByTheNewVersionAndFoldedForward() async throws {
    let cell = try Cell()
    var node = try await cell.open()
    let user = try await cell.createDomain(node).administrator
    for _ in 0..<30 { try await cell.append(node, user) }
    let directory = node.journal.directory
    let digest = try node.state.digest()
    await node.stop()
    check(try StatePreparation.isNeeded(directory), false)
    try age(directory.state)
    check(try StatePreparation.isNeeded(directory), true)
    #expect(throws: StoreError.self) { try StateEnvironment(directory.state, isWriter: false) }

    let journal = try Journal(open: cell.data, mode: .reader)
    let head = try journal.reader.head
    check(try StatePreparation.run(journal), head)
    check(try StatePreparation.run(journal), head, "a second time goes on from there")
    journal.close()
    check(try StateEnvironment.format(at: directory.state), 99, "the old one stays as it is")

    let (opened, folded) = try await open(cell)
    node = opened
    check(folded, 0, "nothing is left to fold")
    check(try node.state.digest(), digest)
    check(Directory.exists(directory.state + ".prepared"), false)
    try await cell.append(node, user)
    let result = try StateRebuild.compare(
      node.journal, live: node.state, scratch: cell.scratch.path("scratch"))
    check(result.live, result.rebuilt, "at \(result.position)")
    await node.stop()
  }

  @Test func whatIsOfNoUseIsNotTaken() async throws {
    let cell = try Cell()
    var node = try await cell.open()
    let user = try await cell.createDomain(node).administrator
    try await cell.append(node, user)
    let directory = node.journal.directory
    await node.stop()
    // Prepared by yet another version: this one folds for itself and leaves it.
    try age(directory.state)
    let journal = try Journal(open: cell.data, mode: .reader)
    _ = try StatePreparation.run(journal)
    journal.close()
    try age(directory.state + ".prepared")
    var (opened, folded) = try await open(cell)
    node = opened
    check(folded > 0, "it folded from the first event")
    let digest = try node.state.digest()
    await node.stop()
    // The live one is as new now: what was prepared goes.
    (opened, folded) = try await open(cell)
    node = opened
    check(folded, 0)
    check(Directory.exists(directory.state + ".prepared"), false)
    check(try node.state.digest(), digest)
    await node.stop()
  }
}

private func check(_ condition: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
  check(condition, "does not hold", sourceLocation: sourceLocation)
}
