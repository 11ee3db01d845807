import Events
import State

/// A message that is being fetched: its row, and where its octets and facts are.
struct FetchMessage: Sendable {
  let uid: UInt32
  let row: MessageRow
  /// Nil where it was not asked for, or is erased.
  let stored: StoredMessage?
}

extension IMAPService {
  /// The most octets of envelopes and structures that one block of a FETCH looks up.
  static let largestFacts = 1_048_576

  /// The next messages of a FETCH in one short transaction, and the UID at which to go on; nil when
  /// there are no more.
  func fetchBlock(
    _ mailbox: MailboxID, _ ranges: [ClosedRange<UInt32>], needsStored: Bool
  ) throws -> (messages: [FetchMessage], next: UInt32?) {
    try node.state.read { state in
      var messages: [FetchMessage] = []
      var octets = 0
      var next: UInt32?
      try state.messages(in: mailbox, uids: UIDSet(ranges)) { uid, row in
        guard messages.count < IMAPService.largestBlock, octets < IMAPService.largestFacts else {
          next = uid.rawValue
          return false
        }
        let stored = needsStored ? try state.stored(row) : nil
        octets += stored?.content.envelope?.bytes.count ?? 0
        octets += stored?.content.structure?.bytes.count ?? 0
        messages.append(FetchMessage(uid: uid.rawValue, row: row, stored: stored))
        return true
      }
      return (messages, next)
    }
  }
}
