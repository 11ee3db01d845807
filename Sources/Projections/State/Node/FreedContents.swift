import Events
import Ledger
import Platform
import Synchronization

/// Takes bodies that no message refers to any more off the disk, a piece at a time.
///
/// State's table `freed` names them. A row goes only when nothing of the body is left in the
/// segments, so a crash anywhere means at worst that a piece is done twice: after a start the rows
/// that are left are gone through from the first one.
public final class FreedContents: Sendable {
  private static let rows = 1_000

  private let content: ContentStore
  private let state: StateEnvironment
  /// The row up to which bodies were freed since the start.
  private let last = Mutex<FreedContent?>(nil)

  init(_ content: ContentStore, _ state: StateEnvironment) {
    self.content = content
    self.state = state
  }

  /// Does one piece. It works with the disk: call it off the event loops, from one place at a time.
  ///
  /// - Parameters:
  ///   - wanted: when a segment is worth emptying.
  ///   - horizon: bodies freed by later events stay: up to here every follower has read that reads
  ///     bodies.
  /// - Returns: whether there is more to do at once.
  /// - Throws: `StoreError`, `ContentError`, `SystemError`.
  public func step(_ wanted: CompactionLimits, through horizon: Position) throws -> Bool {
    let known = last.withLock { $0 }
    let rows = try state.read { try $0.freed(after: known, limit: Self.rows) }
      .prefix { $0.position <= horizon }
    if !rows.isEmpty {
      let absent = Set(try content.free(rows.map(\.content)))
      state.remove(freed: rows.filter { absent.contains($0.content) })
      last.withLock { $0 = rows.last }
    }
    guard rows.count < Self.rows else { return true }
    var one = wanted
    one.segments = 1
    let report = try content.compact(one) { bodies in try state.read { try $0.held(bodies) } }
    if !report.dropped.isEmpty { try remove(Set(report.dropped)) }
    return report.segments > 0
  }

  /// Removes the rows of bodies of which nothing is left.
  private func remove(_ dropped: Set<ContentID>) throws {
    var (row, end): (FreedContent?, FreedContent?) = (nil, last.withLock { $0 })
    while let reached = end, row != reached {
      let rows = try state.read { try $0.freed(after: row, limit: Self.rows) }
      guard let next = rows.last else { return }
      state.remove(freed: rows.filter { dropped.contains($0.content) })
      if rows.contains(reached) { end = nil }
      row = next
    }
  }
}

extension Node {
  /// Gives up a body that was stored for a message which was then refused.
  public func discard(_ content: ContentID) async {
    do {
      _ = try await pool.run { [journal] in try journal.content.free([content]) }
    } catch {
      diagnostics.log(.warning, "body_not_discarded", [("error", "\(error)")])
    }
  }
}
