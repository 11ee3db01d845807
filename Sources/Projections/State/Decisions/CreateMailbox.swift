import Events
import Ledger
import Platform

/// Creates a mailbox. RFC 3501 §6.3.3
public struct CreateMailbox: Decision {
  public typealias View = StateView

  public struct Created: Hashable, Sendable {
    public let mailbox: MailboxID
    public let uidValidity: UInt32
  }

  public let user: UserID
  public let mailbox: MailboxID
  public let name: MailboxName
  /// Empty, or `\Sent` and its like. RFC 6154 §3
  public let use: String

  public init(
    user: UserID, name: MailboxName, use: String = "", entropy: some Entropy, at time: Timestamp
  ) {
    self.user = user
    self.name = name
    self.use = use
    mailbox = MailboxID(rawValue: entropy.timedID(at: time))
  }

  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Created> {
    let user = try view.existingUser(user)
    try view.requireFree(name, of: user.id)
    let validity = try view.nextUIDValidity(of: user.id, moment)
    let created = MailboxCreated(
      use: use, user: user.id, mailbox: mailbox, uidValidity: validity, name: name.text)
    return Outcome(
      drafts: [Draft(.mailboxCreated(created), domain: user.domain, seal: .slot(user.key))],
      answer: Created(mailbox: mailbox, uidValidity: validity))
  }
}

extension StateView {
  /// Refuses a name that is taken or reserved, and one mailbox too many.
  func requireFree(_ name: MailboxName, of user: UserID) throws {
    guard try mailbox(named: name, of: user) == nil else {
      throw Refusal.alreadyExists(what: "the mailbox")
    }
    guard !name.isReserved else {
      throw Refusal.invalid(what: "mailbox name", why: "Shared is for shared folders")
    }
    let used = try use(of: user).mailboxes
    guard used < DecisionLimits.mailboxes else {
      throw Refusal.limitReached(
        setting: "mailboxes of the user", limit: UInt64(DecisionLimits.mailboxes),
        used: UInt64(used))
    }
  }

  /// Greater than every UIDVALIDITY the user's mailboxes had, so that a name that is used again
  /// never brings back old UIDs. RFC 3501 §2.3.1.1
  func nextUIDValidity(of user: UserID, _ moment: Moment) throws -> UInt32 {
    let last = try use(of: user).uidValidity
    guard last < .max else {
      throw Refusal.limitReached(
        setting: "UIDVALIDITY", limit: UInt64(UInt32.max), used: UInt64(last))
    }
    return max(UInt32(clamping: moment.time.seconds), last + 1)
  }
}
