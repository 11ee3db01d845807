import Events
import Ledger

/// Changes flags of messages in one mailbox. RFC 3501 §6.4.6
public struct StoreFlags: Decision {
  public typealias View = StateView

  public struct Stored: Hashable, Sendable {
    /// The messages that are there and now have these flags, changed or not.
    public let stored: UIDSet
    /// Those left alone because they changed after `unchangedSince`. RFC 7162 §3.1.3
    public let modified: UIDSet
    /// The mailbox's `changed` before this decision.
    public let after: Position
    /// Where to go on with a further decision; nil when all is done.
    public let next: UID?
  }

  public let user: UserID
  public let mailbox: MailboxID
  public let uids: UIDSet
  public let mode: FlagChange
  public let flags: FlagSet
  public let unchangedSince: Position?

  public init(
    user: UserID, mailbox: MailboxID, uids: UIDSet, mode: FlagChange, flags: FlagSet,
    unchangedSince: Position? = nil
  ) {
    self.user = user
    self.mailbox = mailbox
    self.uids = uids
    self.mode = mode
    self.flags = flags
    self.unchangedSince = unchangedSince
  }

  /// Marking as deleted comes before expunging, so it may use the ballast as that may.
  public var freesSpace: Bool { mode == .add && flags == FlagSet(.deleted) }

  /// At most `DecisionLimits.flagChanges` messages are changed; those that have the flags already
  /// do not change, nor does their MODSEQ. Refuses the 65th keyword of a mailbox.
  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Stored> {
    let mailbox = try view.mailbox(mailbox, ownedBy: user)
    var keywords = try KeywordPlan(mailbox, view)
    let numbers =
      try keywords.numbers(of: mode == .remove ? [] : flags.keywords)
      + (mode == .remove ? known(flags.keywords, view) : [])
    let mask = numbers.reduce(UInt64(0)) { $0 | 1 << $1.rawValue }
    var (stored, modified, changed) = (UIDSet(), UIDSet(), UIDSet())
    var count = 0
    var next: UID?
    try view.messages(in: mailbox.id, uids: uids) { uid, row in
      if let limit = unchangedSince, row.modseq > limit {
        modified.insert(uid)
        return true
      }
      var after = row
      after.apply(mode, flags.system, mask)
      if after != row {
        guard count < DecisionLimits.flagChanges else {
          next = uid
          return false
        }
        changed.insert(uid)
        count += 1
      }
      stored.insert(uid)
      return true
    }
    let events = changed.pieces(ofRuns: DecisionLimits.runs).map { piece in
      MessageFlagsChanged(
        mode: mode, uids: piece, flags: flags.system, mailbox: mailbox.id, keywords: numbers)
    }
    let drafts = events.map { Draft(.messageFlagsChanged($0), domain: mailbox.domain) }
    return Outcome(
      drafts: drafts.isEmpty ? [] : keywords.drafts + drafts,
      answer: Stored(stored: stored, modified: modified, after: mailbox.changed, next: next))
  }

  /// The numbers of those keywords that the mailbox has: removing others changes nothing.
  private func known(_ keywords: [Flag], _ view: borrowing StateView) throws -> [Keyword] {
    let names = try view.keywords(in: mailbox)
    return names.indices.filter { !names[$0].text.isEmpty && keywords.contains(names[$0]) }
      .map { Keyword(UInt64($0)) }
  }
}
