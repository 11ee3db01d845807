import Events
import Ledger
import Platform
import State
import TestKit

@testable import Protection

/// A node with a sentry before it, on a clock that is moved by hand.
final class Post: Sendable {
  let scratch: ScratchDirectory
  let clock: ManualClock
  let node: Node

  init(_ scratch: ScratchDirectory? = nil, clock: ManualClock = ManualClock()) async throws {
    let isNew = scratch == nil
    let scratch = try scratch ?? ScratchDirectory()
    let data = scratch.path("data")
    if isNew { try Journal.create(at: data, application: "test").close() }
    var options = Node.Options(onEnd: { _ in })
    options.surroundings.diagnostics = .none
    options.surroundings.clock = clock
    options.scribe.ballastBytes = 0
    node = try await Node.open(data, options)
    self.scratch = scratch
    self.clock = clock
  }

  /// The same data directory after a stop, on the same clock.
  func again() async throws -> Post {
    await node.stop()
    return try await Post(scratch, clock: clock)
  }

  func set(_ key: String, _ value: String) async throws {
    try await perform(ChangeSettings(.system, [.init(key, value)]))
  }

  func perform<D: Decision>(_ decision: D) async throws where D.View == StateView {
    _ = try await node.scribe.perform(decision, origin: .server)
  }

  var types: [String] {
    get throws {
      let reader = node.journal.reader
      var types: [String] = []
      while true {
        let page = try reader.records(after: Position(UInt64(types.count)))
        if page.isEmpty { return types }
        types += try page.map { try reader.decode($0).header.type.name }
      }
    }
  }
}
