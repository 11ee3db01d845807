import Control
import Synchronization

/// Performs an operation for a verb and shows what it answers.
enum Act {
  /// The rows an operation gave, and its end.
  final class Hearing: Sendable {
    let rows = Mutex<[Row]>([])
  }

  /// Performs it in the running server, or in this process where none runs.
  ///
  /// - Returns: the rows it gave; throws the reason where it is refused, as a `Failure`.
  @discardableResult
  static func perform(_ request: ControlRequest, _ call: Call) async throws -> [Row] {
    try await hearing(call) { hear in
      try await Operator.perform(request, on: call.directory, hear: hear)
    } ?? []
  }

  /// Performs it in the running server; nil where none runs.
  static func ask(_ request: ControlRequest, _ call: Call) async throws -> [Row]? {
    try await hearing(call) { hear in
      try await Operator.ask(request, on: call.directory, hear: hear)
    }
  }

  private static func hearing(
    _ call: Call, _ act: (@escaping @Sendable (ControlReply) -> Void) async throws -> ControlReply?
  ) async throws -> [Row]? {
    let hearing = Hearing()
    let bar = ProgressBar(call.terminal)
    let last = try await act { reply in
      switch reply {
      case .row(let row): hearing.rows.withLock { $0.append(row) }
      case .progress(let what, let done, let total): bar.update(what, done, of: total)
      case .finished, .refused, .unavailable: break
      }
    }
    bar.end()
    switch last {
    case .refused(let why): throw Failure(code: .refused, message: why)
    case .unavailable(let why): throw Failure(code: .unavailable, message: why)
    case .row, .progress, .finished: return hearing.rows.withLock { $0 }
    case nil: return nil
    }
  }

  /// Performs and prints each row.
  static func show(_ request: ControlRequest, _ call: Call) async throws -> ExitCode {
    for row in try await perform(request, call) { call.terminal.show(row) }
    return .success
  }
}
