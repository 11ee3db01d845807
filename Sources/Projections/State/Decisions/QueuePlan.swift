import Events
import Ledger
import Platform

/// Which entries of the spool one message makes: one for each who answers for its sending, and
/// more where the recipients do not fit into one event.
struct QueuePlan {
  /// Who answers for the sending; its recipients are attempted and limited together.
  private struct Answerer: Hashable {
    let domain: DomainID
    let user: UserID?
  }

  private struct Group {
    let key: Slot
    var recipients: [Recipient] = []
  }

  private let parcel: MessageParcel
  private let transaction: MailTransaction
  private let kind: SpoolKind
  private let moment: Moment
  private var order: [Answerer] = []
  private var groups: [Answerer: Group] = [:]

  init(
    _ parcel: MessageParcel, _ transaction: MailTransaction, _ kind: SpoolKind, _ moment: Moment
  ) {
    self.parcel = parcel
    self.transaction = transaction
    self.kind = kind
    self.moment = moment
  }

  /// The domain that answers for the first recipient.
  var domain: DomainID? { order.first?.domain }

  mutating func add(
    _ remote: RemoteRecipient, _ target: AcceptMessage.Target, _ view: borrowing StateView
  ) throws -> Filing {
    let answerer = Answerer(domain: remote.domain, user: remote.user)
    if groups[answerer] == nil {
      guard let key = try key(answerer, view) else { return .disabled }
      groups[answerer] = Group(key: key)
      order.append(answerer)
    }
    groups[answerer]?.recipients.append(
      Recipient(
        address: remote.address, via: remote.via.isEmpty ? nil : remote.via,
        notify: target.notify, original: target.original))
    return .queued
  }

  /// The key that opens the message for who answers; nil where they may not send.
  private func key(_ answerer: Answerer, _ view: borrowing StateView) throws -> Slot? {
    guard let domain = try view.domain(answerer.domain), !domain.isDeleted,
      try !view.value(Settings.domainDisabled, for: .domain(domain.id))
    else { return nil }
    guard let id = answerer.user else { return domain.key }
    guard let user = try view.user(id), !user.isDeleted,
      try !view.value(Settings.userDisabled, for: .user(id))
    else { return nil }
    return user.key
  }

  /// The key under which the message is wrapped for a recipient elsewhere.
  func key(of target: AcceptMessage.Target) -> Slot? {
    guard case .remote(let remote) = target.destination else { return nil }
    return groups[Answerer(domain: remote.domain, user: remote.user)]?.key
  }

  func drafts(_ view: borrowing StateView) throws -> [Draft] {
    var drafts: [Draft] = []
    for answerer in order {
      guard let group = groups[answerer] else { continue }
      let (priority, reason) = try view.priority(
        of: kind, size: parcel.size, attempts: 0, in: answerer.domain)
      for recipients in split(group.recipients) {
        let queued = MessageQueued(
          due: moment.time, body: transaction.body, kind: kind.rawValue, size: parcel.size,
          user: answerer.user, isUTF8: transaction.isUTF8, origin: moment.position,
          reason: reason.rawValue, message: parcel.message, priority: UInt64(priority),
          recipientCount: UInt64(recipients.count), dsn: transaction.dsn,
          sender: transaction.sender, recipients: recipients)
        drafts.append(
          Draft(
            .messageQueued(queued), domain: answerer.domain,
            seal: .message(parcel.key, holders: [])))
      }
    }
    return drafts
  }

  private func split(_ recipients: [Recipient]) -> [[Recipient]] {
    var parts: [[Recipient]] = [[]]
    var size = 0
    for recipient in recipients {
      size += recipient.roughSize
      if size > DecisionLimits.recipients, !parts[parts.count - 1].isEmpty {
        parts.append([])
        size = recipient.roughSize
      }
      parts[parts.count - 1].append(recipient)
    }
    return parts
  }
}
