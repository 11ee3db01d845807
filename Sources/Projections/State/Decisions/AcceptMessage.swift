import Events
import Ledger
import Platform

/// Takes responsibility for a message, files it for its recipients here and queues it for those
/// elsewhere: one decision, so that it is there for all of them or for none.
///
/// Room is decided here, against what was filed before in the same batch, so a quota is never
/// overshot however many sessions deliver at once.
public struct AcceptMessage: Decision {
  public typealias View = StateView

  /// One recipient, resolved when the client named it.
  public struct Target: Sendable {
    public enum Destination: Hashable, Sendable {
      case local(LocalRecipient)
      case remote(RemoteRecipient)
    }

    public let destination: Destination
    /// As the client named it, without brackets.
    public let address: [UInt8]
    /// NOTIFY and ORCPT. RFC 3461 §4.1, §4.2
    public let notify: String?
    public let original: [UInt8]?

    public init(
      _ recipient: LocalRecipient, address: [UInt8], notify: String? = nil,
      original: [UInt8]? = nil
    ) {
      self.init(.local(recipient), address: address, notify: notify, original: original)
    }

    public init(
      _ destination: Destination, address: [UInt8], notify: String? = nil,
      original: [UInt8]? = nil
    ) {
      self.destination = destination
      self.address = address
      self.notify = notify
      self.original = original
    }

    /// The user it belongs to here, and the steps that led there.
    public var user: UserID? {
      if case .local(let recipient) = destination { recipient.user } else { nil }
    }

    /// Whether a report of the delivery is asked for: then it goes through the spool, which makes
    /// reports. RFC 3461 §4.1
    var wantsSuccess: Bool {
      notify?.uppercased().split(separator: ",").contains("SUCCESS") == true
    }

    var via: [RouteStep] {
      switch destination {
      case .local(let recipient): recipient.via
      case .remote(let recipient): recipient.via
      }
    }
  }

  /// What happens when the message cannot be filed for some recipients.
  public enum Shortfall: Sendable {
    /// Nothing happens, for nobody: the sender tries again and nobody gets it twice.
    case refuseAll
    /// The others get it; the answer tells who did not.
    case fileOthers
    /// The others get it, and the answer tells who did not; those whom the client named as one, by
    /// an alias, stand together: who has no room waits for it where another of them got it.
    case refuseNamed
  }

  public struct Accepted: Hashable, Sendable {
    /// Whether responsibility was taken: something was filed or queued.
    public let isAccepted: Bool
    /// For each target in its order; of a message that was not accepted what would have been
    /// `.filed` is told as `.filed` too.
    public let filings: [Filing]
  }

  public let parcel: MessageParcel
  public let transaction: MailTransaction
  public let targets: [Target]
  public let shortfall: Shortfall
  /// What it is where it has to wait in the spool.
  public let kind: SpoolKind

  public init(
    _ parcel: MessageParcel, _ transaction: MailTransaction, targets: [Target],
    shortfall: Shortfall = .refuseAll, kind: SpoolKind = .standard
  ) {
    self.kind = kind
    self.parcel = parcel
    self.transaction = transaction
    self.targets = targets
    self.shortfall = shortfall
  }

  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Accepted> {
    var plan = FilingPlan(
      FiledMessage(parcel, origin: moment.position), sender: transaction.sender, at: moment.time)
    var queue = QueuePlan(parcel, transaction, kind, moment)
    var filings = try targets.map { target in
      switch target.destination {
      case .local(let recipient):
        target.wantsSuccess && !transaction.sender.isEmpty
          ? try queue.add(recipient, target, view)
          : try plan.file(recipient, address: target.address, view)
      case .remote(let recipient): try queue.add(recipient, target, view)
      }
    }
    if shortfall != .fileOthers, filings.contains(where: \.isTaken) {
      try queueWaiting(&queue, &filings, view)
    }
    let isAccepted =
      filings.contains(where: \.isTaken)
      && (shortfall != .refuseAll || filings.allSatisfy(\.isTaken))
    let answer = Accepted(isAccepted: isAccepted, filings: filings)
    guard isAccepted else { return Outcome(drafts: [], answer: answer) }
    return Outcome(
      drafts: try drafts(plan, &queue, moment, filings, view),
      keptContents: parcel.travels ? [parcel.content] : [], answer: answer)
  }

  /// Recipients who had room when they were named, and have none now, wait for it, so that the
  /// others get the message. SPEC §2.4
  private func queueWaiting(
    _ queue: inout QueuePlan, _ filings: inout [Filing], _ view: borrowing StateView
  ) throws {
    let taken = Set(zip(targets, filings).filter { $0.1.isTaken }.map { $0.0.address })
    for (index, target) in targets.enumerated() {
      guard case .overQuota = filings[index], case .local(let recipient) = target.destination,
        shortfall == .refuseAll || taken.contains(target.address)
      else { continue }
      filings[index] = try queue.add(recipient, target, view)
    }
  }

  private func drafts(
    _ plan: FilingPlan, _ queue: inout QueuePlan, _ moment: Moment, _ filings: [Filing],
    _ view: borrowing StateView
  ) throws -> [Draft] {
    let accepted = zip(targets, filings).filter { $0.1.isTaken }.map { target, _ in
      (target, target.user.flatMap { plan.keys[$0] } ?? queue.key(of: target))
    }
    var groups = RecipientGroup.split(accepted)
    let first = groups.removeFirst()
    let domain = transaction.authenticatedDomain ?? plan.copies.first?.domain ?? queue.domain
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
    drafts += plan.drafts
    let next = Position(moment.position.rawValue + UInt64(drafts.count))
    drafts += try queue.drafts(from: next, view)
    drafts += sent(filings, moment)
    return try drafts + bounces(plan, moment, view) + plan.warnings(view)
  }

  /// What is filed here for a user of this server has been sent. SPEC §2.8
  private func sent(_ filings: [Filing], _ moment: Moment) -> [Draft] {
    guard let domain = transaction.authenticatedDomain else { return [] }
    let filed = zip(targets, filings).enumerated().filter { $0.element.1.isFiled }
    return filed.map { index, element in
      let sent = MessageSent(
        tls: nil, code: 0, entry: .zero, origin: moment.position, status: "2.0.0", attempt: 0,
        message: parcel.message, recipient: UInt64(index), transport: "local", host: nil,
        reply: nil, address: element.0.address)
      return Draft(.messageSent(sent), domain: domain, seal: .message(parcel.key, holders: []))
    }
  }

  /// Counts a message from the null sender for each domain that gets it; reports of this server
  /// itself are not counted.
  private func bounces(
    _ plan: FilingPlan, _ moment: Moment, _ view: borrowing StateView
  ) throws -> [Draft] {
    guard transaction.sender.isEmpty, kind == .standard else { return [] }
    var users: [DomainID: [UserID]] = [:]
    for copy in plan.copies where users[copy.domain]?.contains(copy.user) != true {
      users[copy.domain, default: []].append(copy.user)
    }
    var drafts: [Draft] = []
    for (domain, users) in users.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let state = try view.throttleState(.bounces, .domain(domain), at: moment.time)
      let received = BounceReceived(users: users, origin: moment.position, window: state.window)
      drafts.append(Draft(.bounceReceived(received), domain: domain))
      for scope in [ThrottleScope.domain(domain)] + users.map({ .user($0) }) {
        if let turn = try view.turn(.bounces, scope, adding: 1, at: moment.time) {
          drafts.append(Draft(turn, domain: domain))
        }
      }
    }
    return drafts
  }
}

/// Recipients that fit into one event, with the keys under which it is wrapped.
private struct RecipientGroup {
  var recipients: [Recipient] = []
  var keys: [Slot] = []
  private var bytes = 0

  static func split(_ targets: [(AcceptMessage.Target, Slot?)]) -> [RecipientGroup] {
    var groups = [RecipientGroup()]
    var wrapped: Set<Slot> = []
    for (target, key) in targets {
      let recipient = Recipient(
        address: target.address, user: target.user, via: target.via.isEmpty ? nil : target.via,
        notify: target.notify, original: target.original)
      let size = recipient.roughSize
      if groups[groups.count - 1].bytes + size > DecisionLimits.recipients,
        !groups[groups.count - 1].recipients.isEmpty
      {
        groups.append(RecipientGroup())
      }
      groups[groups.count - 1].bytes += size
      groups[groups.count - 1].recipients.append(recipient)
      if let key, wrapped.insert(key).inserted { groups[groups.count - 1].keys.append(key) }
    }
    return groups
  }
}

extension Recipient {
  /// Octets it takes in an event with a wrap of its own, or a few more.
  var roughSize: Int {
    let steps = (via ?? []).reduce(0) { $0 + 20 + $1.address.count }
    return 160 + address.count + steps + (original?.count ?? 0)
  }
}
