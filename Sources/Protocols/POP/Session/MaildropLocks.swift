import Events
import Synchronization

/// Who has a maildrop open: one session per user, so that numbers and marks are nobody else's.
/// RFC 1939 §4
final class MaildropLocks: Sendable {
  private let held = Mutex<Set<UserID>>([])

  /// Nil while another session holds it.
  func take(_ user: UserID) -> MaildropLock? {
    guard held.withLock({ $0.insert(user).inserted }) else { return nil }
    return MaildropLock(user, self)
  }

  fileprivate func release(_ user: UserID) { _ = held.withLock { $0.remove(user) } }
}

/// The hold on one maildrop: given up when the value goes.
struct MaildropLock: ~Copyable {
  private let user: UserID
  private let locks: MaildropLocks

  fileprivate init(_ user: UserID, _ locks: MaildropLocks) {
    self.user = user
    self.locks = locks
  }

  deinit { locks.release(user) }
}
