import Network
import Platform
import State
import Synchronization

/// Who stands at the listeners of one service: asks the sentry, and counts who comes and how they
/// leave.
final class Door: Doorkeeper {
  private struct Bound {
    weak var sentry: Sentry?
    var onBlock: (@Sendable (any Doorkeeper, IPAddress) -> Void)?
  }

  let service: ProtectedService
  private let bound = Mutex(Bound())

  init(_ service: ProtectedService) { self.service = service }

  func bind(to sentry: Sentry) { bound.withLock { $0.sentry = sentry } }

  func onBlock(_ act: @escaping @Sendable (any Doorkeeper, IPAddress) -> Void) {
    bound.withLock { $0.onBlock = act }
  }

  /// A connection counts also where the budget has no place for it.
  func admits(_ peer: IPAddress) -> Bool {
    guard let sentry = bound.withLock({ $0.sentry }) else { return true }
    let now = sentry.node.clock.sinceBoot()
    guard sentry.state.withLock({ $0.admits(peer, service, now: now) }) else { return false }
    sentry.note(.denialOfService, service, client: peer)
    return sentry.state.withLock { $0.admits(peer, service, now: now) }
  }

  func left(_ peer: IPAddress, _ tally: ConnectionTally) {
    guard service == .smtp, !tally.isEventful, !tally.isExcused else { return }
    bound.withLock { $0.sentry }?.note(.badSessions, service, client: peer)
  }

  func tellOfBlock(_ client: IPAddress) {
    bound.withLock { $0.onBlock }?(self, client)
  }
}
