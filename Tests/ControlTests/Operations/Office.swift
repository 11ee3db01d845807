import Events
import Ledger
import Platform
import State
import Synchronization
import TestKit

@testable import Control

/// A node with its followers and an operator before it.
struct Office {
  let scratch: ScratchDirectory
  let clock: ManualClock
  let place: Workplace

  init(_ scratch: ScratchDirectory? = nil) async throws {
    let isNew = scratch == nil
    let scratch = try scratch ?? ScratchDirectory()
    if isNew { try Journal.create(at: scratch.path("data"), application: "test").close() }
    clock = ManualClock(now: SystemClock().now())
    var options = Node.Options(onEnd: { _ in })
    options.surroundings.diagnostics = .none
    options.surroundings.clock = clock
    options.scribe.ballastBytes = 0
    place = try Workplace(try await Node.open(scratch.path("data"), options))
    self.scratch = scratch
  }

  /// Performs an operation as an operator; its rows and its end.
  func perform(
    _ operation: String, _ arguments: Row = Row(), secret: String = "", uid: UInt32 = 7
  ) async -> (rows: [Row], progress: Int, last: ControlReply) {
    let heard = Hearing()
    let context = OperationContext(place, uid: uid) { heard.add($0) }
    let last = await Operations.perform(
      ControlRequest(operation, arguments, secret: Array(secret.utf8)), in: context)
    return (heard.rows, heard.signs, last)
  }

  /// Everything in the journal.
  func events() throws -> [Recorded] {
    let reader = place.node.journal.reader
    return try reader.records(after: .zero).map { try reader.decode($0) }
  }
}

private final class Hearing: Sendable {
  private let replies = Mutex<[ControlReply]>([])

  func add(_ reply: ControlReply) { replies.withLock { $0.append(reply) } }

  var rows: [Row] {
    replies.withLock { $0.compactMap { if case .row(let row) = $0 { row } else { nil } } }
  }

  var signs: Int {
    replies.withLock { $0.count { if case .progress = $0 { true } else { false } } }
  }
}
