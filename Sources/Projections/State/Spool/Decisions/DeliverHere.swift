import Events
import Ledger
import Platform

/// Files a message that waits in the spool for users of this server, who had no room for it.
public struct DeliverHere: Decision {
  public typealias View = StateView

  public let entry: Position
  public let recipients: [Int]
  /// Which attempt it is, from 1.
  public let attempt: Int
  /// The message's data key.
  public let key: Key

  public init(entry: Position, recipients: [Int], attempt: Int, key: Key) {
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
    return Outcome(drafts: plan.drafts + sent + (try plan.warnings(view)), answer: answer)
  }
}
