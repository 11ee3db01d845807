import Events
import Ledger
import Platform
import State
import Store

/// All followers of a node, started and stopped together.
public final class FollowerSet: Sendable {
  public let chronicle: FollowerRunner<Chronicle>

  /// Where a follower stands.
  public struct Standing: Sendable {
    public let name: String
    public let position: Position
    /// Why it stands still, where it does.
    public let failure: String?
  }

  /// The names by which followers are asked for.
  public static let names = [Chronicle.name]

  /// Opens every follower of the node and lets them follow.
  public init(_ node: Node) throws {
    chronicle = try FollowerRunner(Chronicle(), node.journal)
    chronicle.start(node.changes)
  }

  /// How far each has folded.
  public var standings: [Standing] {
    [
      Standing(
        name: Chronicle.name, position: chronicle.position, failure: chronicle.failure)
    ]
  }

  /// How far each was folded where none runs in this process; those that never ran are left out.
  public static func standings(_ journal: Journal) throws -> [Standing] {
    guard let store = try FollowerPlace(Chronicle.name, journal).reading(Chronicle.self) else {
      return []
    }
    defer { store.close() }
    return [
      Standing(
        name: Chronicle.name, position: try store.checkpoint?.position ?? .zero, failure: nil)
    ]
  }

  /// Folds the follower of that name anew beside the live one.
  ///
  /// - Returns: how far it then is.
  public func rebuild(
    _ name: String, progress: @escaping @Sendable (Position, Position) -> Void
  ) async throws -> Position {
    guard name == Chronicle.name else { throw Refusal.notFound(what: "the follower \(name)") }
    try await chronicle.rebuild(progress: progress)
    return chronicle.position
  }

  /// Folds the follower of that name anew and puts it in place, where no server runs.
  ///
  /// - Parameter journal: opened for writing.
  public static func rebuild(
    _ name: String, _ journal: Journal, progress: (Position, Position) -> Void
  ) throws -> (position: Position, digest: Digest) {
    guard name == Chronicle.name else { throw Refusal.notFound(what: "the follower \(name)") }
    return try FollowerPlace(name, journal).rebuild(Chronicle(), progress: progress)
  }

  /// Ends every follower; before the node stops. Blocks, so not for tasks of an event loop.
  public func stop() { chronicle.stop() }
}
