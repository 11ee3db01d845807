import Delivery
import Events
import Ledger
import Platform
import State

/// What the outcomes of an attempt mean for the message: journaled with the reports that are due.
extension RelayService {
  /// Journals what came of an attempt.
  ///
  /// - Parameter number: which attempt it was, where it is not the one that comes next.
  func settle(
    _ message: SpooledMessage, _ attempt: Attempt, attempt number: Int? = nil
  ) async throws {
    let number = number ?? message.attempt
    let settlement = settlement(of: message, attempt, number)
    let (reports, bodies) = try await reports(on: settlement)
    if !settlement.results.isEmpty {
      _ = try await node.scribe.perform(
        EndDelivery(
          entry: message.entry.id, attempt: number, results: settlement.results,
          reports: reports), origin: .server, bodies: bodies)
    }
    if settlement.holds {
      _ = try await node.scribe.perform(
        ChangeSpool(.hold, [message.entry.id]), origin: .server)
    }
  }

  private func settlement(
    of message: SpooledMessage, _ attempt: Attempt, _ number: Int
  ) -> Settlement {
    Settlement(message, attempt, number, settings.schedule, at: node.clock.now())
  }

  /// The reports that an attempt makes due, sealed.
  func reports(
    on message: SpooledMessage, _ attempt: Attempt, _ number: Int
  ) async throws -> ([EndDelivery.Report], [SealedBody]) {
    try await reports(on: settlement(of: message, attempt, number))
  }

  private func reports(
    on settlement: Settlement
  ) async throws -> ([EndDelivery.Report], [SealedBody]) {
    var reports: [EndDelivery.Report] = []
    var bodies: [SealedBody] = []
    for (report, recipients) in try await settlement.reports() {
      let composer = ReportComposer(
        host: hostName(), random: node.entropy.number(in: 0...UInt64.max), now: node.clock.now())
      let (parcel, body) = node.sealed(composer.compose(report))
      reports.append(.init(parcel, EndDelivery.Report.Kind(report.kind), recipients: recipients))
      bodies.append(body)
    }
    return (reports, bodies)
  }

  /// Defers a job whose destination cannot be reached.
  func putOff(_ job: SpoolJob, _ failure: RecipientOutcome) async {
    do {
      if let message = try SpooledMessage.load(job, node) {
        try await settle(message, .all(failure, message))
      }
      desk.schedule { $0.end(job.id) }
    } catch {
      let later = node.clock.now().adding(seconds: 30)
      desk.schedule { $0.hold(job.id, job.recipients, until: later) }
    }
  }

  /// Recipients whose attempt was begun before the server ended: nobody knows whether they have the
  /// message. RFC 1047
  func settleDoubts() async throws {
    var cursor: SpoolDue.Key?
    while true {
      let (after, now) = (cursor, node.clock.now())
      let page = try node.state.read { view in
        try view.spoolDue(through: now, after: after, limit: Self.page)
      }
      for due in page where due.isBegun { await settleDoubt(due) }
      guard page.count == Self.page, let last = page.last else { return }
      cursor = last.key
      await Task.yield()
    }
  }

  private func settleDoubt(_ due: SpoolDue) async {
    let job = SpoolJob(
      id: 0, entry: due.entry, domain: due.domain, destination: "", recipients: [due.index],
      isAdmitted: true, priority: due.priority, isForced: false, due: due.due)
    do {
      guard let message = try SpooledMessage.load(job, node) else { return }
      let outcome = RecipientOutcome(
        .inDoubt, status: EnhancedStatus(4, 4, 2),
        text: "the server ended before the answer came: it may have arrived")
      try await settle(message, .all(outcome, message), attempt: message.attempt - 1)
    } catch {
      node.diagnostics.log(.warning, "doubt_unsettled", [("error", "\(error)")])
    }
  }
}

extension EndDelivery.Report.Kind {
  init(_ kind: DeliveryReport.Kind) {
    switch kind {
    case .failure: self = .failure
    case .delay: self = .delay
    case .success: self = .success
    }
  }
}
