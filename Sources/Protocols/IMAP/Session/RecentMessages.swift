import Events
import State
import Synchronization

/// Up to which message of each mailbox some session has been told. RFC 3501 §2.3.2
///
/// It lives as long as the server runs: messages that were there when it started are not recent.
final class RecentMessages: Sendable {
  private let started: Position
  private let floors = Mutex<[MailboxID: UInt32]>([:])

  /// - Parameter started: the head of the journal when the server started.
  init(started: Position) { self.started = started }

  /// The last UID of the mailbox that a session has been told of. With `claims` the caller is the
  /// one that is told of all there are now.
  func floor(
    of mailbox: Mailbox, in state: borrowing StateView, claims: Bool
  ) throws -> UInt32 {
    let known = floors.withLock { $0[mailbox.id] }
    let floor = try known ?? firstFloor(of: mailbox, in: state)
    let last = mailbox.uidNext.rawValue - 1
    return floors.withLock { floors in
      let current = max(floors[mailbox.id] ?? floor, floor)
      floors[mailbox.id] = claims ? max(current, last) : current
      return current
    }
  }

  private func firstFloor(of mailbox: Mailbox, in state: borrowing StateView) throws -> UInt32 {
    guard mailbox.highestModseq > started else { return mailbox.uidNext.rawValue - 1 }
    var floor: UInt32 = 0
    try state.messages(in: mailbox.id) { uid, row in
      if row.filed <= started { floor = uid.rawValue }
      return true
    }
    return floor
  }
}

extension IMAPService {
  /// How many messages of the mailbox no session has been told of.
  func recentCount(in mailbox: Mailbox) async throws -> UInt32 {
    try await read(rows: mailbox.messages) { [recents] state in
      let floor = try recents.floor(of: mailbox, in: state, claims: false)
      guard floor < .max else { return 0 }
      var count: UInt32 = 0
      try state.messages(in: mailbox.id, uids: UID(floor + 1) ... .last) { _, _ in
        count += 1
        return true
      }
      return count
    }
  }
}
