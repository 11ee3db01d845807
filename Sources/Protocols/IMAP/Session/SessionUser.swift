import Events
import Ledger
import State

/// Who signed in to a session, and in whose name its changes are journaled.
struct SessionUser: Sendable {
  let id: UserID
  let domain: DomainID
  /// The slot of the key that opens the user's messages.
  let key: Slot
  let session: SessionID

  init(_ user: User, session: SessionID) {
    id = user.id
    domain = user.domain
    key = user.key
    self.session = session
  }

  var origin: Origin { Origin(actor: .user(id), session: session) }
}
