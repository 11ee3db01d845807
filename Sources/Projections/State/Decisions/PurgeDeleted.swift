import Events
import Ledger

/// One step of emptying what was deleted: mailboxes with many messages, mailboxes of deleted users.
///
/// What is left to do is folded from the journal, so a restart goes on where it ended.
public struct PurgeDeleted: Decision {
  public typealias View = StateView

  public init() {}

  public var freesSpace: Bool { true }

  /// Answers whether there is more to do.
  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Bool> {
    guard let subject = try view.firstToPurge() else { return Outcome(drafts: [], answer: false) }
    switch subject {
    case .mailbox(let id):
      guard let mailbox = try view.mailbox(id) else { return Outcome(drafts: [], answer: false) }
      let outcome = try view.expunging(
        UIDSet(.first ... .last), from: mailbox, onlyDeleted: false, reason: "mailbox deleted")
      return Outcome(drafts: outcome.drafts, answer: true)
    case .user(let id):
      guard let user = try view.user(id) else { return Outcome(drafts: [], answer: false) }
      return Outcome(drafts: try drafts(deleting: user, view), answer: true)
    }
  }

  /// As many mailboxes of a deleted user as one decision may delete, at least one.
  private func drafts(deleting user: User, _ view: borrowing StateView) throws -> [Draft] {
    var drafts: [Draft] = []
    var rows: UInt32 = 0
    for mailbox in try view.mailboxes(of: user.id) {
      guard drafts.isEmpty || rows + mailbox.messages <= DecisionLimits.expunges else { break }
      rows += min(mailbox.messages, DecisionLimits.expunges)
      let deleted = MailboxDeleted(user: user.id, mailbox: mailbox.id)
      drafts.append(Draft(.mailboxDeleted(deleted), domain: user.domain))
      guard drafts.count < 100 else { break }
    }
    return drafts
  }
}

extension StateView {
  fileprivate func firstToPurge() throws -> PurgeSubject? {
    var subject: PurgeSubject?
    try scan(.purge, prefix: []) { key, _ in
      subject = try PurgeSubject(key)
      return false
    }
    return subject
  }
}
