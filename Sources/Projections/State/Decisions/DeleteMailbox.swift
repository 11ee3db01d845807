import Events
import Ledger

/// Deletes a mailbox with its messages; those below it stay. RFC 3501 §6.3.4
///
/// The name is free at once. A large mailbox is emptied by `PurgeDeleted`, also after a restart.
public struct DeleteMailbox: Decision {
  public typealias View = StateView

  public let user: UserID
  public let name: MailboxName

  public init(user: UserID, name: MailboxName) {
    self.user = user
    self.name = name
  }

  public var freesSpace: Bool { true }

  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<MailboxID> {
    guard !name.isInbox else { throw Refusal.forbidden(what: "deleting INBOX") }
    let user = try view.existingUser(user)
    guard let mailbox = try view.mailbox(named: name, of: user.id) else {
      throw Refusal.notFound(what: "the mailbox")
    }
    let deleted = MailboxDeleted(user: user.id, mailbox: mailbox.id)
    return Outcome(
      drafts: [Draft(.mailboxDeleted(deleted), domain: user.domain)], answer: mailbox.id)
  }
}
