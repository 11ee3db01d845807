import Events
import Ledger
import Platform

/// The events that end an attempt: the reports first, so that the others can name them.
struct EndingPlan {
  private let entry: SpoolEntry
  private let attempt: UInt64
  private let moment: Moment
  private let seal: Seal
  private(set) var drafts: [Draft] = []
  private(set) var contents: [ContentID] = []
  /// Where the failure of a recipient is told.
  private var told: [Int: Position] = [:]

  /// - Parameter earlier: events of the same decision that come first.
  init(
    _ entry: SpoolEntry, attempt: Int, _ moment: Moment, _ seal: Seal, behind earlier: [Draft] = []
  ) {
    drafts = earlier
    self.entry = entry
    self.attempt = UInt64(clamping: attempt)
    self.moment = moment
    self.seal = seal
  }

  private mutating func add(_ event: Event) {
    drafts.append(Draft(event, domain: entry.domain, seal: seal))
  }

  /// Accepts a report for the sender; without one who could get it there is none.
  mutating func add(_ report: EndDelivery.Report, _ view: borrowing StateView) throws {
    guard let sender = entry.sender, !sender.isEmpty else { return }
    let targets = try view.targets(
      ofReportTo: sender, domain: entry.domain, user: entry.user)
    let transaction = MailTransaction(
      service: "report", transport: "local", isUTF8: sender.contains { $0 >= 0x80 }, sender: [],
      client: "", helo: [])
    let accept = AcceptMessage(
      report.parcel, transaction, targets: targets, shortfall: .fileOthers, kind: .bounce)
    let origin = Position(moment.position.rawValue + UInt64(drafts.count))
    let outcome = try accept.decide(
      view,
      Moment(
        time: moment.time, position: origin, nextSlot: moment.nextSlot, origin: moment.origin))
    guard outcome.answer.isAccepted else { return }
    drafts += outcome.drafts
    contents += outcome.keptContents
    switch report.kind {
    case .failure: for index in report.recipients { told[index] = origin }
    case .delay:
      add(
        .deliveryDelayed(
          DeliveryDelayed(
            entry: entry.id, origin: entry.origin, report: origin,
            recipients: report.recipients.map { UInt64($0) })))
    case .success: break
    }
  }

  mutating func add(_ result: EndDelivery.Result, _ view: borrowing StateView) throws {
    let recipients = result.recipients.map { UInt64($0) }
    switch result.verdict {
    case .sent: for index in result.recipients { try addSent(index, result, view) }
    case .deferred(let next), .doubtful(let next):
      let (priority, reason) = try changedPriority(view)
      add(
        .deliveryDeferred(
          DeliveryDeferred(
            code: UInt64(result.code), next: next,
            isInDoubt: result.verdict == .doubtful(next: next),
            entry: entry.id, origin: entry.origin,
            status: result.status, attempt: attempt, priority: priority.map { UInt64($0) },
            priorityReason: reason?.rawValue, recipients: recipients, host: result.host,
            reply: result.reply)))
    case .failed(let reason):
      // Those of one report together.
      let groups = Dictionary(grouping: result.recipients) { told[$0] }
      for (report, members) in groups.sorted(by: { $0.value[0] < $1.value[0] }) {
        add(
          .deliveryFailed(
            DeliveryFailed(
              code: UInt64(result.code), entry: entry.id, origin: entry.origin, reason: reason,
              report: report, status: result.status, attempt: attempt,
              recipients: members.map { UInt64($0) }, host: result.host, reply: result.reply)))
      }
    }
  }

  private mutating func addSent(
    _ index: Int, _ result: EndDelivery.Result, _ view: borrowing StateView
  ) throws {
    let recipient = try view.spoolRecipient(index, of: entry.id)
    add(
      .messageSent(
        MessageSent(
          tls: result.tls, code: UInt64(result.code), entry: entry.id, origin: entry.origin,
          status: result.status, attempt: attempt, message: entry.message,
          recipient: UInt64(index), transport: result.transport, host: result.host,
          reply: result.reply, address: recipient?.address)))
  }

  /// The priority from now on, where the number of attempts changes it; a priority set by hand
  /// stays.
  private func changedPriority(
    _ view: borrowing StateView
  ) throws -> (Int?, PriorityReason?) {
    guard entry.reason != .hand else { return (nil, nil) }
    let (priority, reason) = try view.priority(
      of: entry.kind, size: entry.size, attempts: Int(attempt), in: entry.domain)
    guard priority != entry.priority || reason != entry.reason else { return (nil, nil) }
    return (priority, reason)
  }
}

extension StateView {
  /// Who gets a report or an automatic answer to `sender`, for whose sending `domain` and `user`
  /// answer; nobody where it leads nowhere.
  func targets(
    ofReportTo sender: [UInt8], domain: DomainID, user: UserID?
  ) throws -> [AcceptMessage.Target] {
    guard let at = sender.lastIndex(of: UInt8(ascii: "@")) else { return [] }
    let name = String(decoding: sender[(at + 1)...], as: UTF8.self)
    switch try resolve(Array(sender[..<at]), domain: name) {
    case .foreign:
      let remote = RemoteRecipient(sender, domain: domain, user: user)
      return [AcceptMessage.Target(.remote(remote), address: sender)]
    case .routed(let route): return route.targets(address: sender)
    case .unknown, .disabled, .circular: return []
    }
  }
}

extension Route {
  /// What a decision needs of the route of an address.
  public func targets(
    address: [UInt8], notify: String? = nil, original: [UInt8]? = nil
  ) -> [AcceptMessage.Target] {
    let destinations =
      locals.map(AcceptMessage.Target.Destination.local)
      + remotes.map(AcceptMessage.Target.Destination.remote)
    return destinations.map {
      AcceptMessage.Target($0, address: address, notify: notify, original: original)
    }
  }
}
