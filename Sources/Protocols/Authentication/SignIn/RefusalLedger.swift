import Events
import Synchronization

/// Failed sign-ins from one address at one service, over a window of time.
public struct RefusalSummary: Hashable, Sendable {
  public let service: SignInService
  /// The peer's address; empty for those that were too many to tell apart.
  public let client: String
  public let failures: UInt64
  public let windowSeconds: UInt64
  /// The user all of them meant, where it was one.
  public let user: UserID?
}

/// Counts failed sign-ins, so that a flood of them is one event per minute and address.
final class RefusalLedger: Sendable {
  /// Addresses that are told apart in one window; later ones are counted together.
  static let most = 10_000

  private struct Source: Hashable {
    let service: SignInService
    let client: String
  }

  private struct Count {
    var failures: UInt64 = 0
    var user: UserID?
  }

  private struct Contents {
    var counts: [Source: Count] = [:]
    var since: UInt64
  }

  private let contents: Mutex<Contents>
  private let onRefusal: @Sendable (SignInContext, UserID?) -> Void

  /// - Parameter onRefusal: hears of each failure at once, and whose account it was where there is one.
  init(now: UInt64, onRefusal: @escaping @Sendable (SignInContext, UserID?) -> Void) {
    contents = Mutex(Contents(since: now))
    self.onRefusal = onRefusal
  }

  func note(_ context: SignInContext, user: UserID?) {
    defer { onRefusal(context, user) }
    contents.withLock { contents in
      var source = Source(service: context.service, client: context.client)
      if contents.counts[source] == nil, contents.counts.count >= Self.most {
        source = Source(service: context.service, client: "")
      }
      let known = contents.counts[source]
      var count = known ?? Count(user: user)
      count.failures += 1
      if count.user != user { count.user = nil }
      contents.counts[source] = count
    }
  }

  /// What was counted since the last call.
  func take(now: UInt64) -> [RefusalSummary] {
    contents.withLock { contents in
      let seconds = (now - min(now, contents.since) + 999_999_999) / 1_000_000_000
      defer {
        contents.counts = [:]
        contents.since = now
      }
      return contents.counts.map { source, count in
        RefusalSummary(
          service: source.service, client: source.client, failures: count.failures,
          windowSeconds: max(1, seconds), user: count.user)
      }
    }
  }

  /// Puts back what could not be journaled.
  func putBack(_ summaries: [RefusalSummary]) {
    contents.withLock { contents in
      for summary in summaries {
        let source = Source(service: summary.service, client: summary.client)
        var count = contents.counts[source] ?? Count(user: summary.user)
        count.failures += summary.failures
        if count.user != summary.user { count.user = nil }
        contents.counts[source] = count
      }
    }
  }
}
