import Synchronization

/// Sign-ins that succeeded while nothing could be journaled, at most 1,000.
final class SignInBacklog: Sendable {
  static let most = 1_000

  typealias Entry = (signedIn: SignedIn, context: SignInContext)
  private let entries = Mutex<[Entry]>([])

  /// False where it is full: then the sign-in does not succeed.
  func add(_ signedIn: SignedIn, _ context: SignInContext) -> Bool {
    entries.withLock { entries in
      guard entries.count < Self.most else { return false }
      entries.append((signedIn, context))
      return true
    }
  }

  func take() -> [Entry] {
    entries.withLock { entries in
      defer { entries = [] }
      return entries
    }
  }

  func putBack(_ late: [Entry]) {
    entries.withLock { $0 = Array((late + $0).prefix(Self.most)) }
  }
}
