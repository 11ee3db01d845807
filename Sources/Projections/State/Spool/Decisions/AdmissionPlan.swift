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
    if !fresh.isEmpty { note(fresh, of: entry) }
    return admission
  }

  /// Counts one recipient; where a limit is reached, until when it waits.
  private mutating func take(
    _ entry: SpoolEntry, _ view: borrowing StateView
  ) throws -> Timestamp? {
    let scopes = [ThrottleScope.domain(entry.domain)] + (entry.user.map { [.user($0)] } ?? [])
    for scope in scopes where gauges[scope] == nil {
      gauges[scope] = try [.messages, .octets].map { try gauge($0, scope, entry.domain, view) }
    }
    for scope in scopes {
      for index in gauges[scope, default: []].indices {
        guard let gauge = gauges[scope]?[index], !gauge.fits(amount(gauge, entry)) else { continue }
        if !gauge.isThrottled {
          gauges[scope]?[index].isThrottled = true
          turns.append(turn(gauge, isEntered: true))
        }
        return gauge.resume
      }
    }
    for scope in scopes {
      for index in gauges[scope, default: []].indices {
        guard let gauge = gauges[scope]?[index] else { continue }
        let more = amount(gauge, entry)
        gauges[scope]?[index].count += more
        if gauge.isThrottled {
          gauges[scope]?[index].isThrottled = false
          turns.append(turn(gauge, isEntered: false))
        }
      }
    }
    return nil
  }

  private func amount(_ gauge: Gauge, _ entry: SpoolEntry) -> UInt64 {
    gauge.counter == .octets ? entry.size : 1
  }

  private func gauge(
    _ counter: ThrottleCounter, _ scope: ThrottleScope, _ domain: DomainID,
    _ view: borrowing StateView
  ) throws -> Gauge {
    let found = try view.throttleState(counter, scope, at: moment.time)
    return Gauge(
      count: found.count, limit: try view.limit(counter, scope), window: found.window,
      version: try view.version(of: counter, scope), isThrottled: found.isThrottled,
      counter: counter, scope: scope, domain: domain)
  }

  private mutating func note(_ recipients: [UInt64], of entry: SpoolEntry) {
    let group = Group(domain: entry.domain, user: entry.user)
    if admitted[group] == nil {
      let window = gauges[.domain(entry.domain)]?.first?.window
      admitted[group] = DeliveryAdmitted(
        user: entry.user, window: window ?? ThrottleCount.window(at: moment.time), entries: [],
        octets: 0, recipientCount: 0)
      order.append(group)
    }
    admitted[group]?.entries.append(AdmittedEntry(entry.id, recipients))
    admitted[group]?.recipientCount += UInt64(recipients.count)
    admitted[group]?.octets += entry.size * UInt64(recipients.count)
  }

  private func turn(_ gauge: Gauge, isEntered: Bool) -> Draft {
    Draft(
      gauge.scope.turn(
        gauge.counter, count: gauge.count, limit: gauge.limit, window: gauge.window,
        isEntered: isEntered, version: gauge.version), domain: gauge.domain)
  }
}
