import Delivery
import Events
import Platform
import State

/// What an attempt came to, recipient by recipient of its message.
struct Attempt: Sendable {
  /// How one recipient fared.
  struct Fate: Hashable, Sendable {
    let outcome: RecipientOutcome
    /// The name and address of the server; empty where none was met.
    var host = ""
    var tls: String?
    /// Whether reports that were asked for are the server's to make from here on.
    var passedReports = false
  }

  let fates: [Fate]
  /// `smtp`, `lmtp` or `local`.
  let transport: String

  init(_ outcomes: [RecipientOutcome], transport: String) {
    fates = outcomes.map { Fate(outcome: $0) }
    self.transport = transport
  }

  init(_ report: Courier.Report, _ terms: OutboundTerms, _ message: SpooledMessage) {
    transport = terms.isLocal ? "lmtp" : "smtp"
    fates = message.recipients.indices.map { index in
      let outcome = report.outcomes[index]
      guard let visit = report.deciding[index].map({ report.visits[$0] }) else {
        return Fate(outcome: outcome)
      }
      return Fate(
        outcome: outcome, host: "\(visit.endpoint)", tls: visit.tls.map { "\($0)" },
        passedReports: visit.passedReports)
    }
  }

  /// The same for every recipient.
  static func all(_ outcome: RecipientOutcome, _ message: SpooledMessage) -> Attempt {
    Attempt(message.recipients.map { _ in outcome }, transport: "smtp")
  }
}
