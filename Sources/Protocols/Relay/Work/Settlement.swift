import Delivery
import Events
import Platform
import State

/// What an attempt means: results to journal, reports to send. Pure but for reading the message that
/// a report returns.
struct Settlement: Sendable {
  /// How a recipient stands now.
  private enum Standing: Hashable, Sendable {
    case sent
    case deferred(next: Timestamp)
    case doubtful(next: Timestamp)
    case failed(reason: String)

    var verdict: EndDelivery.Result.Verdict {
      switch self {
      case .sent: .sent
      case .deferred(let next): .deferred(next: next)
      case .doubtful(let next): .doubtful(next: next)
      case .failed(let reason): .failed(reason: reason)
      }
    }
  }

  private let message: SpooledMessage
  private let attempt: Attempt
  private let schedule: RetrySchedule
  private let now: Timestamp
  private let standings: [Standing]

  /// Whether the entry is held, because somebody is in doubt and the domain wants it so.
  let holds: Bool

  init(
    _ message: SpooledMessage, _ attempt: Attempt, _ number: Int, _ schedule: RetrySchedule,
    at now: Timestamp
  ) {
    self.message = message
    self.attempt = attempt
    self.schedule = schedule
    self.now = now
    standings = attempt.fates.map { fate in
      switch fate.outcome.verdict {
      case .delivered: return .sent
      case .refused: return .failed(reason: Self.reason(fate.outcome))
      case .inDoubt:
        let next = schedule.next(after: number, at: now, since: message.entry.since)
        return next.map { .doubtful(next: $0) } ?? .failed(reason: "expired")
      case .deferred:
        let next = schedule.next(after: number, at: now, since: message.entry.since)
        return next.map { .deferred(next: $0) } ?? .failed(reason: "expired")
      }
    }
    holds = message.holdsDoubt && attempt.fates.contains { $0.outcome.verdict == .inDoubt }
  }

  /// `refused` by a server, `loop`, or `unroutable`.
  private static func reason(_ outcome: RecipientOutcome) -> String {
    if outcome.code != nil { return "refused" }
    return outcome.status == EnhancedStatus(5, 4, 6) ? "loop" : "unroutable"
  }

  /// One result for those who fared alike.
  var results: [EndDelivery.Result] {
    var results: [EndDelivery.Result] = []
    var known: [Alike: Int] = [:]
    for (index, standing) in standings.enumerated() {
      let fate = attempt.fates[index]
      let number = message.recipients[index].index
      if let place = known[Alike(standing: standing, fate: fate)] {
        results[place].recipients.append(number)
        continue
      }
      known[Alike(standing: standing, fate: fate)] = results.count
      results.append(
        EndDelivery.Result(
          [number], standing.verdict, code: fate.outcome.code ?? 0,
          status: status(standing, fate.outcome), reply: Array(fate.outcome.line.utf8),
          host: fate.host, tls: fate.tls, transport: attempt.transport))
    }
    return results
  }

  private struct Alike: Hashable {
    let standing: Standing
    let fate: Attempt.Fate
  }

  /// Given up for its age: 5.4.7. RFC 3463 §3.5
  private func status(_ standing: Standing, _ outcome: RecipientOutcome) -> String {
    standing == .failed(reason: "expired") ? "5.4.7" : outcome.status.description
  }

  // MARK: reports

  /// The reports that are due now, and whose fate each tells.
  func reports() async throws -> [(DeliveryReport, recipients: [Int])] {
    guard ReportRules.hasReader(message.entry), let sender = message.entry.sender else { return [] }
    var reports: [(DeliveryReport, recipients: [Int])] = []
    for kind in [DeliveryReport.Kind.failure, .delay, .success] {
      let told = message.recipients.indices.filter { isTold($0, kind) }
      guard !told.isEmpty else { continue }
      var report = DeliveryReport(
        kind, to: sender, told.map { line($0, kind) }, arrival: message.entry.created)
      report.envelopeID = message.entry.dsn?.envelopeID
      report.returned = try await returned(kind)
      reports.append((report, told.map { message.recipients[$0].index }))
    }
    return reports
  }

  private func isTold(_ index: Int, _ kind: DeliveryReport.Kind) -> Bool {
    let recipient = message.recipients[index]
    guard ReportRules.wants(kind, recipient.notify) else { return false }
    return switch (kind, standings[index]) {
    case (.failure, .failed): true
    case (.delay, .deferred), (.delay, .doubtful):
      !recipient.isDelayTold && schedule.isDelayed(at: now, since: message.entry.since)
    case (.success, .sent): !attempt.fates[index].passedReports
    default: false
    }
  }

  private func line(_ index: Int, _ kind: DeliveryReport.Kind) -> DeliveryReport.Recipient {
    let (recipient, fate) = (message.recipients[index], attempt.fates[index])
    let action: DeliveryReport.Action =
      switch kind {
      case .failure: .failed
      case .delay: .delayed
      case .success: attempt.transport == "smtp" ? .relayed : .delivered
      }
    var line = DeliveryReport.Recipient(
      recipient.address, action, status: status(standings[index], fate.outcome), lastAttempt: now)
    line.original = recipient.original
    line.host = fate.host
    line.reply = fate.outcome.line
    line.isQuoted = fate.outcome.code != nil
    if kind == .delay { line.retryUntil = schedule.end(since: message.entry.since) }
    return line
  }

  private func returned(_ kind: DeliveryReport.Kind) async throws -> DeliveryReport.Returned {
    guard let body = message.body else { return .nothing }
    let head = try await body.head()
    // The whole message goes back with failures alone. RFC 3461 §4.3
    let notice = kind == .failure ? message.entry.dsn : nil
    return ReportRules.returned(head, isWhole: UInt64(head.count) == body.length, notice)
  }
}

extension RecipientOutcome {
  /// The reply as it was heard, as far as it is known; or what was seen here.
  var line: String {
    guard let code else { return text }
    let isTold = status.subject != 0 || status.detail != 0
    return isTold ? "\(code) \(status) \(text)" : "\(code) \(text)"
  }
}
