import Events
import Ledger
import Platform

/// Files a message that waits in the spool for users of this server, who had no room for it or of
/// whose delivery a report is asked for.
public struct DeliverHere: Decision {
  public typealias View = StateView

  public let entry: Position
  public let recipients: [Int]
  /// Which attempt it is, from 1.
  public let attempt: Int
  /// The message's data key.
  public let key: Key
  /// Goes to the sender if every one of the recipients gets the message; it travels with the request.
  public let report: EndDelivery.Report?

  public init(
    entry: Position, recipients: [Int], attempt: Int, key: Key, report: EndDelivery.Report? = nil
  ) {
    self.report = report
    self.entry = entry
    self.recipients = recipients
    self.attempt = attempt
    self.key = key
  }

  /// What became of each of the recipients, in their order; those that are not filed are left as
  /// they are. Nothing where the entry is gone, held or deleted.
  public func decide(
    _ view: borrowing StateView, _ moment: Moment
  ) throws -> Outcome<[(recipient: Int, filing: Filing)]> {
    guard let found = try view.spoolEntry(entry), found.isLive else {
      return Outcome(drafts: [], answer: [])
    }
    let message = FiledMessage(found.message, size: found.size, key: key, origin: found.origin)
    var plan = FilingPlan(message, sender: found.sender ?? [], at: moment.time)
    var answer: [(recipient: Int, filing: Filing)] = []
    var sent: [Draft] = []
    for index in recipients {
      guard let recipient = try view.spoolRecipient(index, of: entry), !recipient.isFinal else {
        continue
      }
      var filing = Filing.gone
      if let owner = try view.owner(of: recipient.address) {
        filing = try plan.file(owner, address: recipient.address, view)
      }
      answer.append((index, filing))
      guard filing.isFiled else { continue }
      let event = MessageSent(
        tls: nil, code: 0, entry: entry, origin: found.origin, status: "2.0.0",
        attempt: UInt64(attempt), message: found.message, recipient: UInt64(index),
        transport: "local", host: nil, reply: nil, address: recipient.address)
      sent.append(
        Draft(.messageSent(event), domain: found.domain, seal: try view.seal(of: found)))
    }
    var ending = EndingPlan(
      found, attempt: attempt, moment, try view.seal(of: found),
      behind: plan.drafts + sent + (try plan.warnings(view)))
    if let report, sent.count == recipients.count { try ending.add(report, view) }
    return Outcome(drafts: ending.drafts, keptContents: ending.contents, answer: answer)
  }
}
