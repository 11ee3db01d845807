import Events

/// One listener of a `ChangeFeed`. Letting go of it ends it.
///
/// Usable from any task; one task at a time waits in `next`.
public final class ChangeSubscription: Sendable {
  private let topic: ChangeFeed.Topic
  private let signal: ChangeSignal
  private let feed: ChangeFeed

  init(topic: ChangeFeed.Topic, signal: ChangeSignal, feed: ChangeFeed) {
    self.topic = topic
    self.signal = signal
    self.feed = feed
  }

  deinit { cancel() }

  /// The position reached since the last look, without waiting; nil when nothing happened.
  public func take() -> Position? { signal.take() }

  /// Waits for a change after the last look and gives the position reached; nil once the
  /// subscription or the waiting task is cancelled, or the node stops.
  public func next() async -> Position? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { signal.wait($0) }
    } onCancel: {
      cancel()
    }
  }

  /// Ends the subscription and wakes who waits.
  public func cancel() {
    feed.remove(signal, from: topic)
    signal.end()
  }
}
