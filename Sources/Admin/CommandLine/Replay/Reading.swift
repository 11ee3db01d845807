import Control
import Events

/// Sees to it that a reading is journaled; where that cannot be, it says so loudly.
struct Reading {
  private let call: Call
  private var isTold = false

  init(_ call: Call) { self.call = call }

  /// Journals that the positions from `first` to `last` are read.
  ///
  /// - Parameter source: what has the directory open in this process.
  mutating func journal(
    _ first: Position, _ last: Position, _ source: ReplaySource? = nil
  ) async {
    let request = ControlRequest(
      "reading",
      Row(["what": "replay", "first": .number(first.rawValue), "last": .number(last.rawValue)]))
    let call = call
    do {
      if try await Act.ask(request, call) != nil {
        isTold = false
        return
      }
      if let source {
        try await source.stepAside { try await Act.perform(request, call) }
      } else {
        try await Act.perform(request, call)
      }
      isTold = false
    } catch {
      guard !isTold else { return }
      isTold = true
      call.terminal.warn("daybook: THIS READING COULD NOT BE JOURNALED: \(Self.reason(error))")
    }
  }

  private static func reason(_ error: any Error) -> String {
    (error as? Failure)?.message ?? "\(error)"
  }
}
