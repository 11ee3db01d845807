import Platform

/// When a message is attempted again, when the sender hears of the delay, and when it is given up.
/// SPEC §5, RFC 5321 §4.5.4.1
public struct RetrySchedule: Hashable, Sendable {
  /// Minutes from the first attempt to the next ones, ascending.
  public var minutes = [15, 45, 105, 225, 465]
  /// Minutes between attempts after those.
  public var interval = 240
  /// Hours after which a message is given up.
  public var lifetime = 120
  /// Hours after which the sender is told that it takes long; 0 is never.
  public var delayNotice = 4

  public init() {}

  /// When the next attempt is to be made after attempt number `attempt`, from 1, has failed; nil
  /// where the message is given up. The last attempt is made when the lifetime ends.
  ///
  /// - Parameter since: when the schedule began.
  public func next(after attempt: Int, at now: Timestamp, since: Timestamp) -> Timestamp? {
    let end = since.adding(seconds: Int64(lifetime) * 3_600)
    guard now < end else { return nil }
    return min(now.adding(seconds: Int64(gap(after: attempt)) * 60), end)
  }

  /// Whether the sender is told, at a failure, that the message has to wait.
  public func isDelayed(at now: Timestamp, since: Timestamp) -> Bool {
    delayNotice > 0 && now.since(since) >= .seconds(delayNotice * 3_600)
  }

  /// When the message is given up.
  public func end(since: Timestamp) -> Timestamp { since.adding(seconds: Int64(lifetime) * 3_600) }

  /// Minutes from a failed attempt to the next; at least one.
  private func gap(after attempt: Int) -> Int {
    guard attempt >= 1, attempt <= minutes.count else { return max(1, interval) }
    return max(1, minutes[attempt - 1] - (attempt > 1 ? minutes[attempt - 2] : 0))
  }
}
