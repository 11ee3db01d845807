import Events
import Ledger
import Platform

/// Journals what came of an attempt, with the report to the sender where one is due: one decision,
/// so that no recipient is given up without the report, and none is reported twice.
public struct EndDelivery: Decision {
  public typealias View = StateView

  /// What came of it for some recipients.
  public struct Result: Sendable {
    public enum Verdict: Hashable, Sendable {
      case sent
      case deferred(next: Timestamp)
      /// The same, and it may have arrived.
      case doubtful(next: Timestamp)
      /// `refused`, `expired`, `loop` or `unroutable`.
      case failed(reason: String)
    }

    public var recipients: [Int]
    public var verdict: Verdict
    /// The reply code; 0 where there was none.
    public var code: Int
    /// RFC 3463
    public var status: String
    public var reply: [UInt8]
    public var host: String
    public var tls: String?
    /// `smtp` or `lmtp`.
    public var transport: String

    public init(
      _ recipients: [Int], _ verdict: Verdict, code: Int = 0, status: String, reply: [UInt8] = [],
      host: String = "", tls: String? = nil, transport: String = "smtp"
    ) {
      self.recipients = recipients
      self.verdict = verdict
      self.code = code
      self.status = status
      self.reply = reply
      self.host = host
      self.tls = tls
      self.transport = transport
    }
  }

  /// A delivery report. RFC 3464
  public struct Report: Sendable {
    public enum Kind: Hashable, Sendable { case failure, delay, success }

    public let parcel: MessageParcel
    public let kind: Kind
    /// Whose fate it tells.
    public let recipients: [Int]

    public init(_ parcel: MessageParcel, _ kind: Kind, recipients: [Int]) {
      self.parcel = parcel
      self.kind = kind
      self.recipients = recipients
    }
  }

  public let entry: Position
  /// Which attempt it was, from 1; 0 where none was made.
  public let attempt: Int
  public let results: [Result]
  /// At most one of a kind; they travel with the request.
  public let reports: [Report]

  public init(entry: Position, attempt: Int, results: [Result], reports: [Report] = []) {
    self.entry = entry
    self.attempt = attempt
    self.results = results
    self.reports = reports
  }

  /// Nothing happens to recipients that are final already.
  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Void> {
    guard let found = try view.spoolEntry(entry) else { return Outcome(drafts: []) }
    var plan = EndingPlan(found, attempt: attempt, moment, try view.seal(of: found))
    for report in reports { try plan.add(report, view) }
    for result in results {
      var open = result
      open.recipients = try result.recipients.filter {
        try view.spoolRecipient($0, of: entry)?.isFinal == false
      }
      if !open.recipients.isEmpty { try plan.add(open, view) }
    }
    return Outcome(drafts: plan.drafts, keptContents: plan.contents)
  }
}
