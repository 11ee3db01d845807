import Events
import Ledger
import Platform

/// Counters of the hour as they grow while deliveries are admitted, and the events that come of it.
struct AdmissionPlan {
  /// A counter with its limit, for one scope.
  private struct Gauge {
    var count: UInt64
    /// 0 is unlimited.
    let limit: UInt64
    let window: Timestamp
    let version: Position
    var isThrottled: Bool
    /// Whether mail over the limit is refused instead of held.
    let rejects: Bool
    let counter: ThrottleCounter
    let scope: ThrottleScope
    let domain: DomainID

    var resume: Timestamp { window.adding(seconds: 3_600) }

    /// Whether `amount` more fits. What is larger than the limit alone goes out in an hour of its
    /// own, or it would never.
    func fits(_ amount: UInt64) -> Bool {
      limit == 0 || count + amount <= limit || (count == 0 && counter == .octets)
    }
  }

  /// Who answers for a recipient, and what it counts.
  private struct Sending {
    let domain: DomainID
    let user: UserID?
    let size: UInt64

    var scopes: [ThrottleScope] { [.domain(domain)] + (user.map { [.user($0)] } ?? []) }

    func amount(_ counter: ThrottleCounter) -> UInt64 { counter == .octets ? size : 1 }
  }

  private struct Group: Hashable {
    let domain: DomainID
    let user: UserID?
  }

  private let moment: Moment
  private var gauges: [ThrottleScope: [Gauge]] = [:]
  private var admitted: [Group: DeliveryAdmitted] = [:]
  private var order: [Group] = []
  private var turns: [Draft] = []

  init(_ moment: Moment) { self.moment = moment }

  /// What was admitted, then who entered or left the state of being throttled.
  var drafts: [Draft] {
    order.compactMap { group in
      admitted[group].map { Draft(.deliveryAdmitted($0), domain: group.domain) }
    } + turns
  }

  mutating func admit(
    _ item: AdmitDeliveries.Item, _ view: borrowing StateView
  ) throws -> AdmitDeliveries.Admission {
    var admission = AdmitDeliveries.Admission()
    guard let entry = try view.spoolEntry(item.entry), entry.isLive else { return admission }
    var fresh: [UInt64] = []
    for index in item.recipients {
      guard let recipient = try view.spoolRecipient(index, of: entry.id), !recipient.isFinal else {
        continue
      }
      if recipient.isAdmitted {
        admission.admitted.append(index)
      } else if let held = try take(entry, view) {
        admission.heldUntil = held
      } else {
        admission.admitted.append(index)
        fresh.append(UInt64(index))
      }
    }
    if !fresh.isEmpty {
      note(
        AdmittedEntry(entry.id, fresh),
        Sending(domain: entry.domain, user: entry.user, size: entry.size))
    }
    return admission
  }

  /// What the limits say of a recipient when the message is accepted.
  enum Acceptance {
    /// Nothing: it is counted at its first attempt.
    case later
    case admitted
    case refused
  }

  /// Counts a recipient at acceptance, where the domain or the user wants mail over the limit
  /// refused. SPEC §2.7
  mutating func accept(
    size: UInt64, domain: DomainID, user: UserID?, _ view: borrowing StateView
  ) throws -> Acceptance {
    let sending = Sending(domain: domain, user: user, size: size)
    try prepare(sending, view)
    let gauges = sending.scopes.flatMap { self.gauges[$0] ?? [] }
    guard gauges.contains(where: \.rejects) else { return .later }
    if let full = gauges.first(where: { !$0.fits(sending.amount($0.counter)) }) {
      return full.rejects ? .refused : .later
    }
    count(sending)
    for scope in sending.scopes {
      for (index, gauge) in self.gauges[scope, default: []].enumerated()
      where gauge.rejects && gauge.limit > 0 && gauge.count >= gauge.limit {
        enter(scope, index)
      }
    }
    return .admitted
  }

  /// Notes the recipients of an entry that were counted at acceptance.
  mutating func note(
    _ recipients: [UInt64], of entry: Position, domain: DomainID, user: UserID?, size: UInt64
  ) {
    note(AdmittedEntry(entry, recipients), Sending(domain: domain, user: user, size: size))
  }

  /// Counts one recipient; where a limit is reached, until when it waits.
  private mutating func take(
    _ entry: SpoolEntry, _ view: borrowing StateView
  ) throws -> Timestamp? {
    let sending = Sending(domain: entry.domain, user: entry.user, size: entry.size)
    try prepare(sending, view)
    for scope in sending.scopes {
      for (index, gauge) in gauges[scope, default: []].enumerated()
      where !gauge.fits(sending.amount(gauge.counter)) {
        enter(scope, index)
        return gauge.resume
      }
    }
    count(sending)
    return nil
  }

  private mutating func prepare(_ sending: Sending, _ view: borrowing StateView) throws {
    for scope in sending.scopes where gauges[scope] == nil {
      gauges[scope] = try [.messages, .octets].map { try gauge($0, scope, sending.domain, view) }
    }
  }

  private mutating func count(_ sending: Sending) {
    for scope in sending.scopes {
      for (index, gauge) in gauges[scope, default: []].enumerated() {
        gauges[scope]?[index].count += sending.amount(gauge.counter)
        guard gauge.isThrottled else { continue }
        gauges[scope]?[index].isThrottled = false
        turns.append(turn(gauge, isEntered: false))
      }
    }
  }

  /// The state of being throttled begins.
  private mutating func enter(_ scope: ThrottleScope, _ index: Int) {
    guard let gauge = gauges[scope]?[index], !gauge.isThrottled else { return }
    gauges[scope]?[index].isThrottled = true
    turns.append(turn(gauge, isEntered: true))
  }

  private func gauge(
    _ counter: ThrottleCounter, _ scope: ThrottleScope, _ domain: DomainID,
    _ view: borrowing StateView
  ) throws -> Gauge {
    let found = try view.throttleState(counter, scope, at: moment.time)
    return Gauge(
      count: found.count, limit: try view.limit(counter, scope), window: found.window,
      version: try view.version(of: counter, scope), isThrottled: found.isThrottled,
      rejects: try view.rejects(counter, scope), counter: counter, scope: scope, domain: domain)
  }

  private mutating func note(_ entry: AdmittedEntry, _ sending: Sending) {
    let group = Group(domain: sending.domain, user: sending.user)
    if admitted[group] == nil {
      let window = gauges[.domain(sending.domain)]?.first?.window
      admitted[group] = DeliveryAdmitted(
        user: sending.user, window: window ?? ThrottleCount.window(at: moment.time), entries: [],
        octets: 0, recipientCount: 0)
      order.append(group)
    }
    admitted[group]?.entries.append(entry)
    admitted[group]?.recipientCount += UInt64(entry.recipients.count)
    admitted[group]?.octets += sending.size * UInt64(entry.recipients.count)
  }

  private func turn(_ gauge: Gauge, isEntered: Bool) -> Draft {
    Draft(
      gauge.scope.turn(
        gauge.counter, count: gauge.count, limit: gauge.limit, window: gauge.window,
        isEntered: isEntered, version: gauge.version), domain: gauge.domain)
  }
}
