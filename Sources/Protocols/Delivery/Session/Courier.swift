import Network
import Platform

/// Brings messages to servers, on one loop, over sessions that it opens or has kept.
public final class Courier: Sendable {
  public let means: OutboundMeans
  public let pool: SessionPool

  public init(_ means: OutboundMeans, _ limits: SessionPool.Limits = .init()) {
    self.means = means
    pool = SessionPool(on: means.loop, limits)
  }

  /// What one attempt came to.
  public struct Report: Sendable {
    /// One for each recipient of the envelope.
    public internal(set) var outcomes: [RecipientOutcome]
    /// The places that were tried, in order.
    public internal(set) var visits: [Visit] = []
    /// For each recipient which of `visits` its outcome is of; nil where there was nowhere to go.
    public internal(set) var deciding: [Int?]
  }

  /// What the caller hears of a delivery while it goes on, and may hold it up with.
  public struct Hooks {
    /// A session is open, the place about to be given a message.
    public var whenOpen: () async -> Void
    /// The place has said its last word.
    public var whenOver: () -> Void
    /// Called with the place, for each transaction, before the message is ended.
    /// See `OutboundSession.deliver`.
    public var beforeFinalDot: (Endpoint) async throws -> Void

    public init(
      whenOpen: @escaping () async -> Void = {}, whenOver: @escaping () -> Void = {},
      beforeFinalDot: @escaping (Endpoint) async throws -> Void
    ) {
      self.whenOpen = whenOpen
      self.whenOver = whenOver
      self.beforeFinalDot = beforeFinalDot
    }
  }

  /// What was met at one place.
  public struct Visit: Sendable {
    public let endpoint: Endpoint
    /// Why the conversation ended, where it did not end with a reply.
    public let failure: SessionFailure?
    public let tls: TLSFacts?
    /// Whether TLS failed and the message went in clear.
    public let hasFallenBack: Bool
    /// Whether a session of an earlier message was used.
    public let isReused: Bool
    /// Whether reports that were asked for are now the server's to make. RFC 3461 §5.2
    public let passedReports: Bool
  }

  /// Sends a message to the first of `route` that takes it: a place that cannot be spoken to, or
  /// puts recipients off, is followed by the next, for those recipients. On the loop.
  ///
  /// Who is in doubt is not tried again here.
  /// - Parameters:
  ///   - route: in order of preference; at most `places` of them are tried.
  public func deliver(
    _ envelope: OutboundEnvelope, _ body: some OutboundBody, to route: [Endpoint],
    _ terms: OutboundTerms, places: Int = 5, _ hooks: Hooks
  ) async -> Report {
    let unreached = RecipientOutcome(
      .deferred, status: EnhancedStatus(4, 4, 4), text: "there is nowhere to go")
    let count = envelope.recipients.count
    var report = Report(
      outcomes: Array(repeating: unreached, count: count),
      deciding: Array(repeating: nil, count: count))
    var open = Array(envelope.recipients.indices)
    for endpoint in route.prefix(places) where !open.isEmpty && !Task.isCancelled {
      var part = envelope
      if open.count < envelope.recipients.count {
        part.recipients = open.map { envelope.recipients[$0] }
      }
      let (visit, outcomes) = await visit(endpoint, part, body, terms, hooks)
      hooks.whenOver()
      report.visits.append(visit)
      for (index, outcome) in zip(open, outcomes) {
        report.outcomes[index] = outcome
        report.deciding[index] = report.visits.count - 1
      }
      open.removeAll { report.outcomes[$0].verdict != .deferred }
    }
    return report
  }

  private func visit(
    _ endpoint: Endpoint, _ envelope: OutboundEnvelope, _ body: some OutboundBody,
    _ terms: OutboundTerms, _ hooks: Hooks
  ) async -> (Visit, [RecipientOutcome]) {
    // A server may hang up on an idle session at the moment it is used: then a new one is opened.
    while let session = pool.take(endpoint, terms) {
      let (visit, outcomes, wasStale) = await use(
        session, envelope, body, terms, isReused: true, hooks)
      if !wasStale { return (visit, outcomes) }
    }
    do throws(SessionFailure) {
      let session = try await OutboundSession.open(to: endpoint, terms, means)
      let (visit, outcomes, _) = await use(
        session, envelope, body, terms, isReused: false, hooks)
      return (visit, outcomes)
    } catch {
      let visit = Visit(
        endpoint: endpoint, failure: error, tls: nil, hasFallenBack: false, isReused: false,
        passedReports: false)
      return (visit, envelope.recipients.map { _ in RecipientOutcome(error) })
    }
  }

  private func use(
    _ session: OutboundSession, _ envelope: OutboundEnvelope, _ body: some OutboundBody,
    _ terms: OutboundTerms, isReused: Bool, _ hooks: Hooks
  ) async -> (Visit, [RecipientOutcome], wasStale: Bool) {
    var session = session
    let (tls, endpoint) = (session.tls, session.endpoint)
    await hooks.whenOpen()
    let result = await session.deliver(envelope, body) { () async throws in
      try await hooks.beforeFinalDot(endpoint)
    }
    if result.canContinue { pool.park(session, terms) }
    let visit = Visit(
      endpoint: endpoint, failure: result.failure, tls: tls,
      hasFallenBack: session.hasFallenBack, isReused: isReused,
      passedReports: session.features.deliveryReports)
    let stage = result.failure?.stage
    let isAtStart = stage == .mail || stage == .reset
    return (visit, result.outcomes, isReused && isAtStart && !Task.isCancelled)
  }
}
