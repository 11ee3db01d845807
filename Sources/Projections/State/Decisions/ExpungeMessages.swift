import Events
import Ledger

/// Removes messages from a mailbox for good. RFC 3501 §6.4.3, RFC 4315 §2.1, RFC 1939 §6
public struct ExpungeMessages: Decision {
  public typealias View = StateView

  public struct Expunged: Hashable, Sendable {
    public let uids: UIDSet
    /// Where to go on with a further decision; nil when all is done.
    public let next: UID?
  }

  public let user: UserID
  public let mailbox: MailboxID
  public let uids: UIDSet
  /// Whether messages without `\Deleted` stay.
  public let onlyDeleted: Bool
  /// Such as `expunge`, `pop`.
  public let reason: String

  public init(
    user: UserID, mailbox: MailboxID, uids: UIDSet = UIDSet(.first ... .last),
    onlyDeleted: Bool = true, reason: String = "expunge"
  ) {
    self.user = user
    self.mailbox = mailbox
    self.uids = uids
    self.onlyDeleted = onlyDeleted
    self.reason = reason
  }

  public var freesSpace: Bool { true }

  /// At most `DecisionLimits.expunges` messages.
  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Expunged> {
    let mailbox = try view.mailbox(mailbox, ownedBy: user)
    if onlyDeleted, mailbox.deleted == 0 {
      return Outcome(drafts: [], answer: Expunged(uids: UIDSet(), next: nil))
    }
    return try view.expunging(uids, from: mailbox, onlyDeleted: onlyDeleted, reason: reason)
  }
}

extension StateView {
  /// The next messages to remove, up to what one decision may do.
  func expunging(
    _ uids: UIDSet, from mailbox: Mailbox, onlyDeleted: Bool, reason: String
  ) throws -> Outcome<ExpungeMessages.Expunged> {
    var gone = UIDSet()
    var count: UInt32 = 0
    var next: UID?
    try messages(in: mailbox.id, uids: uids) { uid, row in
      guard !onlyDeleted || row.flags.contains(.deleted) else { return true }
      guard count < DecisionLimits.expunges else {
        next = uid
        return false
      }
      gone.insert(uid)
      count += 1
      return true
    }
    let answer = ExpungeMessages.Expunged(uids: gone, next: next)
    guard !gone.isEmpty else { return Outcome(drafts: [], answer: answer) }
    let expunged = MessageExpunged(uids: gone, reason: reason, mailbox: mailbox.id)
    return Outcome(
      drafts: [Draft(.messageExpunged(expunged), domain: mailbox.domain)], answer: answer)
  }
}
