import Events
import Ledger

/// Who signed in to a session, and in whose name its changes are journaled.
struct SessionUser: Sendable {
  let id: UserID
  /// The slot of the key that opens the user's messages.
  let key: Slot
  let mailbox: MailboxID
  let session: SessionID

  var origin: Origin { Origin(actor: .user(id), session: session) }
}
