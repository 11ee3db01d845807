import Events
import Followers
import Ledger
import State

extension Operations {
  /// The projections that can be folded anew, by the names that are asked for.
  public static let projections = ["state"] + FollowerSet.names

  /// Folds one projection, or all of them, anew beside the live one and puts it in place.
  static func rebuild(_ request: ControlRequest, _ context: OperationContext) async throws {
    let wanted = request.arguments.text("projection")
    guard wanted.map(projections.contains) ?? true else {
      throw Refusal.notFound(
        what: "the projection \(wanted ?? "") (there are \(projections.joined(separator: ", ")))")
    }
    for name in projections where wanted ?? name == name {
      let position = try await context.place.alone("the rebuild of \(name)") {
        try await rebuild(name, context)
      }
      await context.show(["projection": .text(name), "position": .number(position.rawValue)])
    }
  }

  private static func rebuild(
    _ name: String, _ context: OperationContext
  ) async throws -> Position {
    let (node, followers) = (context.node, context.place.followers)
    return try await context.showingProgress("folding \(name)") { progress in
      if name == "state" {
        try await node.rebuild(progress: progress)
        return try node.state.checkpoint?.position ?? .zero
      }
      guard let followers else { throw Refusal.disabled(what: "the follower \(name)") }
      return try await followers.rebuild(name, progress: progress)
    }
  }
}

extension OperationContext {
  /// Runs `work` and passes its signs of progress, the newest only, to who asked.
  func showingProgress<R: Sendable>(
    _ what: String,
    _ work: (@escaping @Sendable (Position, Position) -> Void) async throws -> R
  ) async throws -> R {
    let (signs, giving) = AsyncStream<(Position, Position)>.makeStream(
      bufferingPolicy: .bufferingNewest(1))
    let reply = reply
    async let showing: Void = {
      for await (done, total) in signs {
        await reply(.progress(what: what, done: done.rawValue, total: total.rawValue))
      }
    }()
    let result: Result<R, any Error>
    do { result = .success(try await work { giving.yield(($0, $1)) }) } catch {
      result = .failure(error)
    }
    giving.finish()
    await showing
    return try result.get()
  }
}
