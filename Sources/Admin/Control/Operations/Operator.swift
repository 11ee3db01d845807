import Events
import Glibc
import Ledger
import Platform
import State

/// Performs an operation wherever the data directory can be written: in the server that runs on it,
/// or, where none does, in this process, which takes the writer lock for it.
public enum Operator {
  public static func socket(of directory: DataDirectory) -> String {
    directory.path + "/control.sock"
  }

  /// - Parameter hear: gets rows and signs of progress as they come.
  /// - Returns: the last reply.
  /// - Throws: what opening the node throws where no server runs.
  public static func perform(
    _ request: ControlRequest, on directory: DataDirectory,
    hear: @escaping @Sendable (ControlReply) -> Void
  ) async throws -> ControlReply {
    if let last = try await ask(request, on: directory, hear: hear) { return last }
    return try await performHere(request, on: directory, hear: hear)
  }

  /// Performs it in the running server; nil where none runs.
  public static func ask(
    _ request: ControlRequest, on directory: DataDirectory,
    hear: @escaping @Sendable (ControlReply) -> Void
  ) async throws -> ControlReply? {
    do {
      return try await ControlClient.ask(request, at: socket(of: directory), hear: hear)
    } catch is ControlClient.Absent {
      return nil
    }
  }

  private static func performHere(
    _ request: ControlRequest, on directory: DataDirectory,
    hear: @escaping @Sendable (ControlReply) -> Void
  ) async throws -> ControlReply {
    var options = Node.Options(onEnd: { end in
      Diagnostics().log(.error, "stopped", [("reason", end.reason)])
      exit(ScribeEnd.exitCode)
    })
    options.surroundings.diagnostics = Diagnostics(least: .warning)
    options.onFold = { done, total in
      hear(.progress(what: "folding", done: done.rawValue, total: total.rawValue))
    }
    let node = try await Node.open(directory.path, options)
    let place = try Workplace(node, follows: false)
    let context = OperationContext(place, uid: geteuid()) { hear($0) }
    let reply = await Operations.perform(request, in: context)
    await place.stop()
    return reply
  }
}
