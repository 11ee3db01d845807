import Events
import Synchronization

/// Tells whoever waits that something changed, never what: bounded, coalescing, without data.
///
/// A wake-up carries the position reached; what changed is read from State. However many changes
/// come before a subscriber looks, it holds one position for them.
public final class ChangeFeed: Sendable {
  /// What can be waited for.
  public enum Topic: Hashable, Sendable {
    /// Rows of the mailbox, or the mailbox itself.
    case mailbox(MailboxID)
    /// Anything at all: the journal has a new head.
    case head
    /// A message to deliver.
    case spool
    /// Lists of addresses, blocks, or the server's own settings.
    case protection
    /// People changed messages that wait.
    case spoolOrder
    /// A setting.
    case settings
  }

  private struct Contents {
    var signals: [Topic: [ChangeSignal]] = [:]
    var isStopped = false
  }

  private let contents = Mutex(Contents())

  public init() {}

  /// Begins to listen. `wake` is called on the Scribe's thread when there is something after the
  /// last look; it must only hand the news on.
  public func subscribe(
    _ topic: Topic, wake: (@Sendable () -> Void)? = nil
  ) -> ChangeSubscription {
    let signal = ChangeSignal(wake: wake)
    let isStopped = contents.withLock { contents in
      if !contents.isStopped { contents.signals[topic, default: []].append(signal) }
      return contents.isStopped
    }
    if isStopped { signal.end() }
    return ChangeSubscription(topic: topic, signal: signal, feed: self)
  }

  /// How many subscriptions there are.
  public var subscriptions: Int {
    contents.withLock { $0.signals.values.reduce(0) { $0 + $1.count } }
  }

  /// Wakes the subscribers of what a commit touched.
  func announce(_ touched: StateChanges, head: Position) {
    let woken = contents.withLock { contents -> [(ChangeSignal, Position)] in
      guard !contents.signals.isEmpty else { return [] }
      var woken = contents.signals[.head, default: []].map { ($0, head) }
      let others: [(Topic, Bool)] = [
        (.spool, touched.spool), (.spoolOrder, touched.spoolOrder), (.settings, touched.settings),
        (.protection, touched.protection),
      ]
      for (topic, isTouched) in others where isTouched {
        woken += contents.signals[topic, default: []].map { ($0, head) }
      }
      for (mailbox, position) in touched.mailboxes {
        guard let signals = contents.signals[.mailbox(mailbox)] else { continue }
        woken += signals.map { ($0, position) }
      }
      return woken
    }
    for (signal, position) in woken { signal.raise(position) }
  }

  /// Ends every subscription, also those that come later.
  func stop() {
    let all = contents.withLock { contents in
      let all = contents.signals.values.flatMap { $0 }
      contents = Contents(isStopped: true)
      return all
    }
    for signal in all { signal.end() }
  }

  func remove(_ signal: ChangeSignal, from topic: Topic) {
    contents.withLock { contents in
      guard var signals = contents.signals[topic] else { return }
      signals.removeAll { $0 === signal }
      contents.signals[topic] = signals.isEmpty ? nil : signals
    }
  }
}
