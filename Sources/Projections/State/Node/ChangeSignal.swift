import Events
import Synchronization

/// What a feed holds of one subscription: one position, and at most one waiter.
final class ChangeSignal: Sendable {
  typealias Waiter = CheckedContinuation<Position?, Never>

  private struct Contents {
    var reached: Position?
    var waiter: Waiter?
    var isEnded = false
  }

  private let contents = Mutex(Contents())
  private let wake: (@Sendable () -> Void)?

  init(wake: (@Sendable () -> Void)?) { self.wake = wake }

  func raise(_ position: Position) {
    let (waiter, isNews) = contents.withLock { contents -> (Waiter?, Bool) in
      guard !contents.isEnded else { return (nil, false) }
      if let waiter = contents.waiter {
        contents.waiter = nil
        return (waiter, true)
      }
      let isNews = contents.reached == nil
      contents.reached = position
      return (nil, isNews)
    }
    waiter?.resume(returning: position)
    if isNews { wake?() }
  }

  func take() -> Position? {
    contents.withLock { contents in
      defer { contents.reached = nil }
      return contents.reached
    }
  }

  /// Answers at once where something happened, else with the next change. A second waiter ends the
  /// first one's wait.
  func wait(_ waiter: Waiter) {
    let (resumed, position) = contents.withLock { contents -> (Waiter?, Position?) in
      if let reached = contents.reached, !contents.isEnded {
        contents.reached = nil
        return (waiter, reached)
      }
      guard !contents.isEnded else { return (waiter, nil) }
      let previous = contents.waiter
      contents.waiter = waiter
      return (previous, nil)
    }
    resumed?.resume(returning: position)
  }

  func end() {
    let waiter = contents.withLock { contents in
      contents.isEnded = true
      defer { contents.waiter = nil }
      return contents.waiter
    }
    waiter?.resume(returning: nil)
  }
}
