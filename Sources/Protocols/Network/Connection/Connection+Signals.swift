import Synchronization

/// What ended a wait for input.
public enum Awakening: Hashable, Sendable {
  case input
  /// `Connection.signal` was called; signals before the wait count, several are one.
  case signal
  /// The peer has ended its stream.
  case endOfInput
}

extension Connection {
  /// Wakes the connection's task out of `awaitInput`. From any thread; cheap when repeated.
  public func signal() {
    guard !hasSignal.exchange(true, ordering: .acquiringAndReleasing) else { return }
    loop.submit { [self] in
      if wait == .signal { wakeReader() }
    }
  }

  /// Asks the session to end at its next command boundary. From any thread.
  public func requestStop() {
    guard !hasStopRequest.exchange(true, ordering: .acquiringAndReleasing) else { return }
    loop.submit { [self] in
      if wait != .octets { wakeReader() }
    }
  }

  /// Whether `requestStop` was called.
  public var isStopRequested: Bool { hasStopRequest.load(ordering: .acquiring) }

  /// Whether a wait of this kind must end because of what other threads asked for.
  func isInterrupted(_ wait: Wait) -> Bool {
    switch wait {
    case .octets: false
    case .command: isStopRequested
    case .signal: isStopRequested || hasSignal.load(ordering: .acquiring)
    }
  }

  /// Waits until input is buffered or a signal comes, whichever is first (IMAP IDLE).
  ///
  /// - Throws: `.stopping` when the server stops, `.timedOut` after `time`; else what ended the
  ///   connection.
  public func awaitInput(within time: Duration) async throws(ConnectionFailure) -> Awakening {
    let deadline = loop.deadline(after: time)
    while true {
      if let failure { throw failure }
      if hasSignal.exchange(false, ordering: .acquiringAndReleasing) { return .signal }
      if !input.isEmpty { return .input }
      if isStopRequested { throw .stopping }
      switch try await fill(by: deadline, for: .signal) {
      case .more: return .input
      case .ended: return .endOfInput
      case .interrupted: continue
      }
    }
  }
}
