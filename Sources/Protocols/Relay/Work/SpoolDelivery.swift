import Delivery
import Events
import Ledger
import Network
import Platform
import State
import Synchronization

/// One attempt: a job from the scheduler to its outcome in the journal.
struct SpoolDelivery: Sendable {
  /// The message is not sent: somebody held or deleted it, or the server stops.
  private struct CalledOff: Error {}

  private let service: RelayService
  private let job: SpoolJob
  private let station: Station

  init(_ service: RelayService, _ start: Scheduler.Start, _ station: Station) {
    self.service = service
    job = start.job
    self.station = station
  }

  private var node: Node { service.node }
  private var desk: RelayDesk { service.desk }

  func run() async {
    do {
      guard let message = try await admitted() else {
        return desk.schedule { $0.end(job.id) }
      }
      try await deliver(message)
      desk.schedule { $0.end(job.id) }
    } catch {
      // Nothing is lost: it is attempted again.
      if !(error is CalledOff), !desk.isClosing {
        node.diagnostics.log(.warning, "delivery_put_off", [("error", "\(error)")])
      }
      let later = node.clock.now().adding(seconds: 30)
      desk.schedule { scheduler in
        let open = scheduler.jobs[job.id]?.recipients ?? []
        if error is CalledOff || open.isEmpty { return scheduler.end(job.id) }
        scheduler.hold(job.id, open, until: later)
      }
    }
  }

  /// The message with those of its recipients that may be attempted now; nil where there are none.
  private func admitted() async throws -> SpooledMessage? {
    guard !job.isAdmitted, job.destination != RelayService.here else {
      return try SpooledMessage.load(job, node)
    }
    let admission = try await service.admissions.admit(.init(job.entry, job.recipients))
    var rest = job
    rest.recipients = admission.admitted
    if let until = admission.heldUntil {
      let held = job.recipients.filter { !admission.admitted.contains($0) }
      desk.schedule { $0.hold(job.id, held, until: until) }
    }
    return rest.recipients.isEmpty ? nil : try SpooledMessage.load(rest, node)
  }

  private func deliver(_ message: SpooledMessage) async throws {
    guard let body = message.body else {
      let outcome = RecipientOutcome(
        .refused, status: EnhancedStatus(5, 3, 0), text: "the message can no longer be read")
      return try await settle(message, .all(outcome, message))
    }
    if job.destination == RelayService.here { return try await deliverHere(message, body) }
    let settings = service.settings
    guard let way = settings.table.way(to: job.destination) else {
      // The way was changed meanwhile: another is found at the next look.
      throw CalledOff()
    }
    let route: [Endpoint]
    do throws(RouteVerdict) {
      route = try await places(way, settings)
    } catch {
      guard !Task.isCancelled else { throw CalledOff() }
      if error.isTemporary { sleep(error.outcome) }
      return try await settle(message, .all(error.outcome, message))
    }
    try await bring(message, body, to: route, try terms(way, message, settings))
  }

  private func places(
    _ way: RouteTable.Way, _ settings: RelaySettings
  ) async throws(RouteVerdict) -> [Endpoint] {
    switch way.goal {
    case .endpoint(let address): [Endpoint(address)]
    case .place(let place): try await station.router.gateway(place.host, port: place.port)
    case .exchanges(let domain):
      try await station.router.route(
        to: domain, settings.policy(ownName: service.hostName()))
    }
  }

  private func terms(
    _ way: RouteTable.Way, _ message: SpooledMessage, _ settings: RelaySettings
  ) throws -> OutboundTerms {
    var terms = OutboundTerms(helloName: service.hostName())
    terms.isLocal = way.isLocal
    terms.security = way.security.security
    terms.ownNames = [service.hostName().lowercased()]
    terms.sources = try node.state.read { view in
      try view.value(Settings.sourceAddresses, for: .domain(message.entry.domain))
    }.compactMap { IPAddress($0) }
    if let gateway = way.gateway, let user = gateway.user, let file = gateway.passwordFile {
      terms.credentials = OutboundCredentials(name: user, password: try Self.password(file))
    }
    return terms
  }

  /// The first line of a password file.
  private static func password(_ path: String) throws -> [UInt8] {
    let octets = try Descriptor.open(path, [.read]).readAll(limit: 4_096)
    return Array(octets.prefix { $0 != 10 && $0 != 13 })
  }

  private func bring(
    _ message: SpooledMessage, _ body: SpooledBody, to route: [Endpoint], _ terms: OutboundTerms
  ) async throws {
    let isCalledOff = Atomic(false)
    let hasBegun = Atomic(false)
    let hooks = Courier.Hooks(
      whenOpen: { await desk.takePlace(job.id) }, whenOver: { desk.leavePlace(job.id) },
      beforeFinalDot: { endpoint in
        let begin = BeginDelivery(
          entry: message.entry.id, recipients: message.recipients.map(\.index),
          attempt: message.attempt, host: "\(endpoint)")
        guard !Task.isCancelled, !desk.isClosing || hasBegun.load(ordering: .relaxed),
          try await node.scribe.perform(begin, origin: .server).answer
        else {
          isCalledOff.store(true, ordering: .relaxed)
          throw CalledOff()
        }
        hasBegun.store(true, ordering: .relaxed)
      })
    let envelope = message.envelope(from: try node.reversePath(of: message.entry))
    let report = await station.courier.deliver(
      envelope, body, to: route, terms, hooks)
    desk.leavePlace(job.id)
    if isCalledOff.load(ordering: .relaxed) { throw CalledOff() }
    if Task.isCancelled, !hasBegun.load(ordering: .relaxed) { throw CalledOff() }
    if let failure = report.failureOfAll { sleep(failure) }
    try await settle(message, Attempt(report, terms, message))
  }

  /// The destination failed as a whole.
  private func sleep(_ failure: RecipientOutcome) {
    let now = node.clock.now()
    desk.schedule { $0.failed(job.id, failure, at: now) }
  }

  private func settle(_ message: SpooledMessage, _ attempt: Attempt) async throws {
    // What is left to do needs no place at the destination.
    desk.schedule { $0.close(job.id) }
    try await service.settle(message, attempt)
  }

  /// Files what waits for users of this server.
  private func deliverHere(_ message: SpooledMessage, _ body: SpooledBody) async throws {
    // What is to be told where all goes well.
    let filed = RecipientOutcome(
      .delivered, status: EnhancedStatus(2, 0, 0), text: "it is in the mailbox")
    let (reports, bodies) = try await service.reports(
      on: message, Attempt(message.recipients.map { _ in filed }, transport: "local"),
      message.attempt)
    let answer = try await node.scribe.perform(
      DeliverHere(
        entry: message.entry.id, recipients: message.recipients.map(\.index),
        attempt: message.attempt, key: body.dataKey, report: reports.first), origin: .server,
      bodies: bodies
    ).answer
    var rest = message
    rest.recipients = message.recipients.filter { recipient in
      answer.contains { $0.recipient == recipient.index && !$0.filing.isTaken }
    }
    guard !rest.recipients.isEmpty else { return }
    let outcomes = rest.recipients.map { recipient in
      RecipientOutcome(answer.first { $0.recipient == recipient.index }?.filing ?? .gone)
    }
    try await settle(rest, Attempt(outcomes, transport: "local"))
  }
}

extension RecipientOutcome {
  /// Why a message could not be filed here.
  init(_ filing: Filing) {
    switch filing {
    case .overQuota:
      self.init(
        .deferred, code: 452, status: EnhancedStatus(4, 2, 2), text: "the mailbox is full")
    case .tooLarge:
      self.init(
        .refused, code: 552, status: EnhancedStatus(5, 3, 4), text: "the message is too large")
    case .disabled:
      self.init(
        .refused, code: 550, status: EnhancedStatus(5, 2, 1), text: "the mailbox is disabled")
    default:
      self.init(.refused, code: 550, status: EnhancedStatus(5, 1, 1), text: "no such mailbox")
    }
  }
}

extension Courier.Report {
  /// What every place failed with before it was given a message; nil where one spoke.
  var failureOfAll: RecipientOutcome? {
    guard !visits.isEmpty, let outcome = outcomes.first else { return nil }
    let isWhole = visits.allSatisfy { visit in
      switch visit.failure?.stage {
      case .connect, .greeting, .hello, .encryption, .authentication: true
      default: false
      }
    }
    return isWhole && outcome.verdict == .deferred ? outcome : nil
  }
}
