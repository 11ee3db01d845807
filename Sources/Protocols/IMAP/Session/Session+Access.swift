import Events
import Ledger
import Network
import State

extension Session {
  /// Whether whoever signed in may still use IMAP: neither user nor domain was deleted or disabled
  /// since, nor the service switched off. True before sign-in.
  ///
  /// It is looked up at most once in the service's interval, and only where something has happened.
  func hasAccess() throws -> Bool {
    guard let user, connection.loop.now >= accessChecked.at else { return true }
    let head = try service.node.journal.reader.head
    guard head > accessChecked.head else { return true }
    let mayUse = try service.node.state.read { state in
      guard let known = try state.user(user.id) else { return false }
      return try state.mayUse(Settings.imapService, known)
    }
    accessChecked = (connection.loop.deadline(after: service.accessInterval), head)
    return mayUse
  }
}
