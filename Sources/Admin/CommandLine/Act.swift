import Control
import Synchronization

/// Performs an operation for a verb and shows what it answers.
enum Act {
  /// The rows an operation gave, and its end.
  final class Hearing: Sendable {
    let rows = Mutex<[Row]>([])
  }

  /// - Returns: `.success`, or throws the reason as a `Failure`.
  @discardableResult
  static func perform(_ request: ControlRequest, _ call: Call) async throws -> [Row] {
    let hearing = Hearing()
    let bar = ProgressBar(call.terminal)
    let last = try await Operator.perform(request, on: call.directory) { reply in
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
    default: return hearing.rows.withLock { $0 }
    }
  }

  /// Performs and prints each row.
  static func show(_ request: ControlRequest, _ call: Call) async throws -> ExitCode {
    for row in try await perform(request, call) { call.terminal.show(row) }
    return .success
  }
}
