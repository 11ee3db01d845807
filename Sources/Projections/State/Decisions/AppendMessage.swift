import Events
import Ledger
import Platform

/// Stores a message that a client made, in one mailbox. RFC 3501 §6.3.11
public struct AppendMessage: Decision {
  public typealias View = StateView

  public struct Appended: Hashable, Sendable {
    public let mailbox: MailboxID
    public let uidValidity: UInt32
    public let uid: UID
  }

  public let parcel: MessageParcel
  public let user: UserID
  public let mailbox: MailboxID
  public let flags: FlagSet
  /// Nil takes the time of the decision.
  public let internalDate: Timestamp?

  public init(
    _ parcel: MessageParcel, user: UserID, mailbox: MailboxID, flags: FlagSet = FlagSet(),
    internalDate: Timestamp? = nil
  ) {
    self.parcel = parcel
    self.user = user
    self.mailbox = mailbox
    self.flags = flags
    self.internalDate = internalDate
  }

  /// Refuses a mailbox that is gone (`notFound`), a message that is too large, one for which there
  /// is no room (`overQuota`), and more keywords than a mailbox can have.
  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Appended> {
    let user = try view.existingUser(user)
    let mailbox = try view.mailbox(mailbox, ownedBy: user.id)
    let limit = try view.messageLimit(of: user.domain)
    guard limit == 0 || parcel.size <= limit else {
      throw Refusal.tooLarge(what: "the message", limit: limit)
    }
    if let full = try view.shortage(of: user, parcel.size) {
      throw Refusal.overQuota(limit: full.limit, used: full.used)
    }
    guard mailbox.uidNext < .last else {
      throw Refusal.limitReached(
        setting: "UIDs of the mailbox", limit: UInt64(UID.last.rawValue),
        used: UInt64(UID.last.rawValue))
    }
    var keywords = try KeywordPlan(mailbox, view)
    let numbers = try keywords.numbers(of: flags.keywords)
    let origin = moment.position.advanced(by: UInt64(keywords.drafts.count))
    let appended = MessageAppended(
      size: parcel.size, sha256: parcel.sha256, mailbox: mailbox.id, message: parcel.message,
      envelope: parcel.envelope, structure: parcel.structure)
    let copy = FilingPlan.Copy(
      mailbox: mailbox.id, user: user.id, domain: user.domain, uid: mailbox.uidNext, prefix: [],
      address: [], flags: flags.system, keywords: numbers, date: internalDate ?? moment.time)
    let draft = Draft(
      .messageAppended(appended), domain: user.domain,
      seal: .message(parcel.key, holders: [user.key]), contents: [parcel.content])
    return Outcome(
      drafts: keywords.drafts + [draft, copy.draft(FiledMessage(parcel, origin: origin))]
        + (try view.warnings(of: user, added: parcel.size)),
      keptContents: parcel.travels ? [parcel.content] : [],
      answer: Appended(
        mailbox: mailbox.id, uidValidity: mailbox.uidValidity, uid: mailbox.uidNext))
  }
}
