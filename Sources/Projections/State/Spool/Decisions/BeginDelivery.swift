import Events
import Ledger
import Platform

/// Journals that the end of a message is about to be sent: from here until the outcome the
/// recipients are in doubt. RFC 1047, SPEC §5
public struct BeginDelivery: Decision {
  public typealias View = StateView

  public let entry: Position
  public let recipients: [Int]
  /// Which attempt it is, from 1.
  public let attempt: Int
  /// The name and address of the host.
  public let host: String

  public init(entry: Position, recipients: [Int], attempt: Int, host: String) {
    self.entry = entry
    self.recipients = recipients
    self.attempt = attempt
    self.host = host
  }

  /// Whether the message may be sent: not where somebody held or deleted it in the meantime, or a
  /// recipient is final.
  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Bool> {
    guard let found = try view.spoolEntry(entry), found.isLive,
      try recipients.allSatisfy({ try view.spoolRecipient($0, of: entry)?.isFinal == false })
    else { return Outcome(drafts: [], answer: false) }
    let begun = DeliveryBegun(
      entry: entry, origin: found.origin, attempt: UInt64(attempt),
      recipients: recipients.map(UInt64.init), host: host)
    return Outcome(
      drafts: [
        Draft(.deliveryBegun(begun), domain: found.domain, seal: try view.seal(of: found))
      ], answer: true)
  }
}

extension StateView {
  /// What seals facts about deliveries of an entry: the key of who answers for the sending.
  func seal(of entry: SpoolEntry) throws -> Seal {
    if let id = entry.user, let user = try user(id) { return .slot(user.key) }
    guard let domain = try domain(entry.domain) else { return .none }
    return .slot(domain.key)
  }
}
