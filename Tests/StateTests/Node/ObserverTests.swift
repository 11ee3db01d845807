import Events
import Ledger
import Platform
import TestKit
import Testing

@testable import State

@Suite struct ObserverTests {
  /// What writing would change: size, permissions and time of everything below a directory.
  private func trace(_ directory: String) throws -> [String: FileStatus] {
    var seen = [directory: try Directory.status(directory)]
    for name in try Directory.list(directory) {
      let path = "\(directory)/\(name)"
      let status = try Directory.status(path)
      if status.isDirectory {
        seen.merge(try trace(path)) { first, _ in first }
      } else {
        seen[path] = status
      }
    }
    return seen
  }

  private func observe(_ cell: Cell) throws -> Node {
    var options = Node.Options(onEnd: { _ in })
    options.surroundings.diagnostics = .none
    options.scratch = cell.scratch.path
    return try Node.observe(cell.data, options)
  }

  @Test func anObserverReadsRefusesAndLeavesNoTrace() async throws {
    let cell = try Cell()
    let writer = try await cell.open()
    let user = try await cell.createDomain(writer).administrator
    for _ in 0..<3 { try await cell.append(writer, user) }
    #expect(throws: LedgerError.self) { try observe(cell) }
    let digest = try writer.state.digest()
    await writer.stop()
    for hasState in [true, false] {
      if !hasState { try Directory.removeTree(cell.data + "/state") }
      let before = try trace(cell.data)
      let node = try observe(cell)
      check(node.isObserver, "it is one")
      check(try node.state.digest(), digest, "with a State in place: \(hasState)")
      check(try Directory.list(cell.scratch.path), ["data"], "no scratch is left to be seen")
      await #expect(throws: ScribeError.unavailable("the server was started only to read")) {
        try await cell.append(node, user)
      }
      await #expect(throws: ScribeError.self) { try await node.scribe.sign() }
      check(node.scribe.status.readOnlyCause != nil, "status tells")
      #expect(throws: ContentError.closed) {
        try node.journal.content.receive(dataKey: cell.entropy.key(), entropy: cell.entropy)
      }
      #expect(throws: LedgerError.self) {
        try Journal(open: cell.data, mode: .writer)
      }
      await node.stop()
      check(try trace(cell.data), before, "nothing was touched")
    }
    let again = try await cell.open()
    check(try again.state.digest(), digest)
    await again.stop()
  }
}
