import Events
import Ledger
import Platform

/// Takes responsibility for a message and files it for its local recipients: one decision, so that
/// it is there for all of them or for none.
///
/// Room is decided here, against what was filed before in the same batch, so a quota is never
/// overshot however many sessions deliver at once.
public struct AcceptMessage: Decision {
  public typealias View = StateView

  /// One recipient, resolved when the client named it.
  public struct Target: Sendable {
    public let recipient: LocalRecipient
    /// As the client named it, without brackets.
    public let address: [UInt8]
    /// NOTIFY and ORCPT. RFC 3461 §4.1, §4.2
    public let notify: String?
    public let original: [UInt8]?

    public init(
      _ recipient: LocalRecipient, address: [UInt8], notify: String? = nil,
      original: [UInt8]? = nil
    ) {
      self.recipient = recipient
      self.address = address
      self.notify = notify
      self.original = original
    }
  }

  /// What happens when the message cannot be filed for some recipients.
  public enum Shortfall: Sendable {
    /// Nothing happens, for nobody: the sender tries again and nobody gets it twice.
    case refuseAll
    /// The others get it; the answer tells who did not.
    case fileOthers
  }

  public struct Accepted: Hashable, Sendable {
    /// Whether responsibility was taken: something was filed.
    public let isAccepted: Bool
    /// For each target in its order; of a message that was not accepted what would have been
    /// `.filed` is told as `.filed` too.
    public let filings: [Filing]
  }

  public let parcel: MessageParcel
  public let transaction: MailTransaction
  public let targets: [Target]
  public let shortfall: Shortfall

  public init(
    _ parcel: MessageParcel, _ transaction: MailTransaction, targets: [Target],
    shortfall: Shortfall = .refuseAll
  ) {
    self.parcel = parcel
    self.transaction = transaction
    self.targets = targets
    self.shortfall = shortfall
  }

  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Accepted> {
    var plan = FilingPlan(parcel, sender: transaction.sender, moment)
    let filings = try targets.map { try plan.file(for: $0, view) }
    let isAccepted =
      !plan.copies.isEmpty && (shortfall == .fileOthers || filings.allSatisfy(\.isFiled))
    let answer = Accepted(isAccepted: isAccepted, filings: filings)
    guard isAccepted else { return Outcome(drafts: [], answer: answer) }
    return Outcome(
      drafts: drafts(plan, moment, filings), keptContents: parcel.travels ? [parcel.content] : [],
      answer: answer)
  }

  private func drafts(_ plan: FilingPlan, _ moment: Moment, _ filings: [Filing]) -> [Draft] {
    let accepted = zip(targets, filings).filter { $0.1.isFiled }.map(\.0)
    var groups = RecipientGroup.split(accepted, keys: plan.keys)
    let first = groups.removeFirst()
    let domain = transaction.authenticatedDomain ?? plan.copies.first?.domain
    var drafts = [
      Draft(
        .messageAccepted(
          transaction.event(parcel, recipients: first.recipients, count: accepted.count)),
        domain: domain, seal: .message(parcel.key, holders: first.keys),
        contents: [parcel.content])
    ]
    for group in groups {
      let addressed = MessageAddressed(
        origin: moment.position, message: parcel.message,
        recipientCount: UInt64(group.recipients.count), recipients: group.recipients)
      drafts.append(
        Draft(
          .messageAddressed(addressed), domain: domain,
          seal: .message(parcel.key, holders: group.keys)))
    }
    return drafts + plan.copies.map { $0.draft(parcel) }
  }
}

/// Recipients that fit into one event, with the keys under which it is wrapped.
private struct RecipientGroup {
  var recipients: [Recipient] = []
  var keys: [Slot] = []
  private var bytes = 0

  static func split(_ targets: [AcceptMessage.Target], keys: [UserID: Slot]) -> [RecipientGroup] {
    var groups = [RecipientGroup()]
    var wrapped: Set<Slot> = []
    for target in targets {
      let user = target.recipient.user
      let recipient = Recipient(
        address: target.address, user: user,
        via: target.recipient.via.isEmpty ? nil : target.recipient.via, notify: target.notify,
        original: target.original)
      let steps = target.recipient.via.reduce(0) { $0 + 20 + $1.address.count }
      let size = 160 + target.address.count + steps + (target.original?.count ?? 0)
      if groups[groups.count - 1].bytes + size > DecisionLimits.recipients,
        !groups[groups.count - 1].recipients.isEmpty
      {
        groups.append(RecipientGroup())
      }
      groups[groups.count - 1].bytes += size
      groups[groups.count - 1].recipients.append(recipient)
      if let key = keys[user], wrapped.insert(key).inserted {
        groups[groups.count - 1].keys.append(key)
      }
    }
    return groups
  }
}
