import Events
import Ledger
import State

extension POPSession {
  /// The UPDATE state: removes what DELE marked, then replies and ends. RFC 1939 §6
  ///
  /// `+OK` is said only once all of it is durable. Where no verdict came the connection is dropped
  /// without a word, and the client finds out when it signs in again.
  func update(_ mailbox: MailboxID, removing uids: UIDSet) async throws {
    guard let user else { throw SessionEnd() }
    var left = uids
    do throws(ScribeError) {
      while !left.isEmpty {
        let expunge = ExpungeMessages(
          user: user.id, mailbox: mailbox, uids: left, onlyDeleted: false, reason: "pop")
        let done = try await service.node.scribe.perform(expunge, origin: user.origin)
        left = left.from(done.answer.next)
      }
    } catch {
      switch error {
      case .refused, .unavailable: return sayLast(.notRemoved)
      case .stopped: throw SessionEnd()
      }
    }
    sayLast(.bye)
  }
}

extension UIDSet {
  /// Those from `start` on; none where it is nil.
  fileprivate func from(_ start: UID?) -> UIDSet {
    var rest = UIDSet()
    guard let start else { return rest }
    for range in ranges where range.upperBound >= start {
      rest.insert(Swift.max(range.lowerBound, start)...range.upperBound)
    }
    return rest
  }
}
