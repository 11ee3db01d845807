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
    /// Which of them were counted against the limits of the hour already.
    var admitted: Set<Int> = []
  }

  private let parcel: MessageParcel
  private let transaction: MailTransaction
  private let kind: SpoolKind
  private let moment: Moment
  private var order: [Answerer] = []
  private var groups: [Answerer: Group] = [:]
  private var admission: AdmissionPlan

  init(
    _ parcel: MessageParcel, _ transaction: MailTransaction, _ kind: SpoolKind, _ moment: Moment
  ) {
    self.parcel = parcel
    self.transaction = transaction
    self.kind = kind
    self.moment = moment
    admission = AdmissionPlan(moment)
  }

  /// The domain that answers for the first recipient.
  var domain: DomainID? { order.first?.domain }

  mutating func add(
    _ remote: RemoteRecipient, _ target: AcceptMessage.Target, _ view: borrowing StateView
  ) throws -> Filing {
    let answerer = Answerer(domain: remote.domain, user: remote.user)
    guard try open(answerer, view) else { return .disabled }
    let number = groups[answerer]?.recipients.count ?? 0
    switch try admission.accept(
      size: parcel.size, domain: remote.domain, user: remote.user, view)
    {
    case .later: break
    case .admitted: groups[answerer]?.admitted.insert(number)
    case .refused: return .throttled
    }
    groups[answerer]?.recipients.append(
      Recipient(
        address: remote.address, via: remote.via.isEmpty ? nil : remote.via,
        notify: target.notify, original: target.original))
    return .queued
  }

  /// Queues a message for somebody here who has no room for it now.
  ///
  /// It is no sending: nothing is counted against limits.
  mutating func add(
    _ local: LocalRecipient, _ target: AcceptMessage.Target, _ view: borrowing StateView
  ) throws -> Filing {
    let answerer = Answerer(domain: local.domain, user: local.user)
    guard let address = try view.ownAddress(of: local), try open(answerer, view) else {
      return .gone
    }
    groups[answerer]?.recipients.append(
      Recipient(
        address: address, via: local.via.isEmpty ? nil : local.via, notify: target.notify,
        original: target.original))
    return .queued
  }

  /// Whether there is a group of who answers now.
  private mutating func open(
    _ answerer: Answerer, _ view: borrowing StateView
  ) throws -> Bool {
    guard groups[answerer] == nil else { return true }
    guard let key = try key(answerer, view) else { return false }
    groups[answerer] = Group(key: key)
    order.append(answerer)
    return true
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
    let answerer =
      switch target.destination {
      case .remote(let remote): Answerer(domain: remote.domain, user: remote.user)
      case .local(let local): Answerer(domain: local.domain, user: local.user)
      }
    return groups[answerer]?.key
  }

  /// The entries, and what was counted at once.
  ///
  /// - Parameter first: the position of the first of these events.
  mutating func drafts(from first: Position, _ view: borrowing StateView) throws -> [Draft] {
    var drafts: [Draft] = []
    for answerer in order {
      guard let group = groups[answerer] else { continue }
      let (priority, reason) = try view.priority(
        of: kind, size: parcel.size, attempts: 0, in: answerer.domain)
      var counted = 0
      for recipients in split(group.recipients) {
        let numbers = recipients.indices.filter { group.admitted.contains(counted + $0) }
        counted += recipients.count
        if !numbers.isEmpty {
          admission.note(
            numbers.map { UInt64($0) }, of: Position(first.rawValue + UInt64(drafts.count)),
            domain: answerer.domain, user: answerer.user, size: parcel.size)
        }
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
    return drafts + admission.drafts
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
