import Events
import Followers
import Ledger
import Platform
import State
import Synchronization

/// What an operator's acts act on: a node, and what runs beside it in this process.
///
/// It owns the node: stopping it stops everything.
public final class Workplace: Sendable {
  public let node: Node
  /// Nil where the followers do not run here.
  let followers: FollowerSet?
  let readings: ReadingLog
  private let running = Mutex<Set<String>>([])

  /// - Parameter follows: whether the followers run; not for a single act.
  public init(_ node: Node, follows: Bool = true) throws {
    self.node = node
    followers = follows ? try FollowerSet(node) : nil
    readings = ReadingLog(node)
  }

  /// Runs what must not run twice at a time.
  ///
  /// - Throws: `Refusal.inUse` where it runs already.
  func alone<R>(_ what: String, _ work: () async throws -> R) async throws -> R {
    guard running.withLock({ $0.insert(what).inserted }) else { throw Refusal.inUse(what: what) }
    defer { _ = running.withLock { $0.remove(what) } }
    return try await work()
  }

  /// Journals the readings that wait, ends the followers, and stops the node.
  public func stop() async {
    await readings.stop()
    if let followers {
      await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
        _ = startThread(name: "followers") {
          followers.stop()
          done.resume()
        }
      }
    }
    await node.stop()
  }
}
