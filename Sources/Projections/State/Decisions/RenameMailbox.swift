import Events
import Ledger
import Platform

/// Gives a mailbox, and those below it, other names. RFC 3501 §6.3.5
///
/// Renaming INBOX moves its messages into a new mailbox and leaves INBOX empty.
public struct RenameMailbox: Decision {
  public typealias View = StateView

  public struct Renamed: Hashable, Sendable {
    /// The mailbox that now has the new name; nil where only mailboxes below it were renamed.
    public let mailbox: MailboxID?
    /// Of INBOX: the first message that is still to be moved, by `CopyMessages`; nil when all are.
    public let next: UID?
  }

  public let user: UserID
  public let from: MailboxName
  public let to: MailboxName
  /// The mailbox that INBOX's messages move into.
  let fresh: MailboxID

  public init(
    user: UserID, from: MailboxName, to: MailboxName, entropy: some Entropy, at time: Timestamp
  ) {
    self.user = user
    self.from = from
    self.to = to
    fresh = MailboxID(rawValue: entropy.timedID(at: time))
  }

  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Renamed> {
    let user = try view.existingUser(user)
    try view.requireFree(to, of: user.id)
    if from.isInbox { return try moveInbox(of: user, view, moment) }
    let mailbox = try view.mailbox(named: from, of: user.id)
    let below = try view.mailboxes(below: from, of: user.id)
    guard mailbox != nil || !below.isEmpty else { throw Refusal.notFound(what: "the mailbox") }
    guard to.moved(from: from, to: from) == nil else {
      throw Refusal.invalid(what: "mailbox name", why: "a mailbox cannot move below itself")
    }
    var drafts = mailbox.map { [draft(user, $0, to)] } ?? []
    for inferior in below {
      guard let name = inferior.name?.moved(from: from, to: to) else { continue }
      let checked = try MailboxName(name.text)
      guard try view.mailbox(named: checked, of: user.id) == nil else {
        throw Refusal.alreadyExists(what: "a mailbox below the new name")
      }
      drafts.append(draft(user, inferior, checked))
    }
    return Outcome(drafts: drafts, answer: Renamed(mailbox: mailbox?.id, next: nil))
  }

  private func draft(_ user: User, _ mailbox: Mailbox, _ name: MailboxName) -> Draft {
    let renamed = MailboxRenamed(user: user.id, mailbox: mailbox.id, name: name.text)
    return Draft(.mailboxRenamed(renamed), domain: user.domain, seal: .slot(user.key))
  }

  private func moveInbox(
    of user: User, _ view: borrowing StateView, _ moment: Moment
  ) throws -> Outcome<Renamed> {
    guard let inbox = try view.mailbox(named: .inbox, of: user.id) else {
      throw Refusal.notFound(what: "the mailbox")
    }
    let validity = try view.nextUIDValidity(of: user.id, moment)
    let created = MailboxCreated(
      use: "", user: user.id, mailbox: fresh, uidValidity: validity, name: to.text)
    var drafts = [Draft(.mailboxCreated(created), domain: user.domain, seal: .slot(user.key))]
    let target = Mailbox(fresh, of: user, at: moment.position, validity)
    var source = UIDSet()
    var (count, mask) = (UInt32(0), UInt64(0))
    var next: UID?
    try view.messages(in: inbox.id) { uid, row in
      guard count < DecisionLimits.copies else {
        next = uid
        return false
      }
      source.insert(uid)
      count += 1
      mask |= row.keywords
      return true
    }
    if count > 0 {
      var keywords = try KeywordPlan(target, view)
      let pairs = try keywords.pairs(for: mask, of: try view.keywords(in: inbox.id))
      let copied = MessageCopied(
        to: fresh, from: inbox.id, uids: try target.nextUIDs(count), isMove: true, source: source,
        keywords: pairs)
      drafts += keywords.drafts + [Draft(.messageCopied(copied), domain: user.domain)]
    }
    return Outcome(drafts: drafts, answer: Renamed(mailbox: fresh, next: next))
  }
}
