import Events
import Ledger

/// Copies or moves messages into another mailbox of the same user. RFC 3501 §6.4.7, RFC 6851 §3
public struct CopyMessages: Decision {
  public typealias View = StateView

  public struct Copied: Hashable, Sendable {
    public let uidValidity: UInt32
    /// The messages copied, and their new UIDs in the same order. RFC 4315 §3
    public let source: UIDSet
    public let uids: UIDSet
    /// Where to go on with a further decision; nil when all is done.
    public let next: UID?
  }

  public let user: UserID
  public let from: MailboxID
  public let to: MailboxID
  public let uids: UIDSet
  public let isMove: Bool

  public init(
    user: UserID, from: MailboxID, to: MailboxID, uids: UIDSet, isMove: Bool = false
  ) {
    self.user = user
    self.from = from
    self.to = to
    self.uids = uids
    self.isMove = isMove
  }

  /// At most `DecisionLimits.copies` messages, all of them or none: refuses with `overQuota` where
  /// there is no room. Keywords for which the other mailbox has no number left are not copied.
  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Copied> {
    let user = try view.existingUser(user)
    let from = try view.mailbox(from, ownedBy: user.id)
    let to = try view.mailbox(to, ownedBy: user.id)
    var source = UIDSet()
    var (count, bytes, mask) = (UInt32(0), UInt64(0), UInt64(0))
    var next: UID?
    try view.messages(in: from.id, uids: uids) { uid, row in
      guard count < DecisionLimits.copies else {
        next = uid
        return false
      }
      source.insert(uid)
      count += 1
      bytes += row.size
      mask |= row.keywords
      return true
    }
    guard count > 0 else {
      return Outcome(
        drafts: [],
        answer: Copied(uidValidity: to.uidValidity, source: source, uids: UIDSet(), next: nil))
    }
    if !isMove, let full = try view.shortage(of: user, bytes) {
      throw Refusal.overQuota(limit: full.limit, used: full.used)
    }
    let uids = try to.nextUIDs(count)
    var keywords = try KeywordPlan(to, view)
    let pairs = try keywords.pairs(for: mask, of: try view.keywords(in: from.id))
    let copied = MessageCopied(
      to: to.id, from: from.id, uids: uids, isMove: isMove, source: source, keywords: pairs)
    return Outcome(
      drafts: keywords.drafts + [Draft(.messageCopied(copied), domain: to.domain)]
        + (isMove ? [] : try view.warnings(of: user, added: bytes)),
      answer: Copied(uidValidity: to.uidValidity, source: source, uids: uids, next: next))
  }
}

extension KeywordPlan {
  /// What the keywords of a mask are called in this mailbox.
  mutating func pairs(for mask: UInt64, of names: [Flag]) throws(Refusal) -> [KeywordPair] {
    var pairs: [KeywordPair] = []
    for (index, name) in names.enumerated() where index < 64 && mask & (1 << index) != 0 {
      guard !name.text.isEmpty, let number = try number(of: name) else { continue }
      pairs.append(KeywordPair(from: Keyword(UInt64(index)), to: number))
    }
    return pairs
  }
}

extension Mailbox {
  /// The UIDs that the next `count` messages get; refuses where they run out.
  func nextUIDs(_ count: UInt32) throws(Refusal) -> UIDSet {
    let (end, overflow) = uidNext.rawValue.addingReportingOverflow(count)
    guard !overflow else {
      throw .limitReached(
        setting: "UIDs of the mailbox", limit: UInt64(UInt32.max), used: UInt64(uidNext.rawValue))
    }
    return UIDSet(uidNext...UID(end - 1))
  }
}
