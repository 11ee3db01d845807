import Events
import Ledger
import Platform

/// What people do to entries of the spool; `force` and the like on one, several or all. SPEC §5
public struct ChangeSpool: Decision {
  public typealias View = StateView

  /// How long a deleted entry can be brought back.
  public static let restorable: Duration = .seconds(600)
  /// Rows that one decision changes, at most.
  static let most = 8_000

  public struct Changed: Hashable, Sendable {
    /// How many entries were changed.
    public let count: Int
    /// The entries that are left for a further decision.
    public let rest: [Position]
  }

  public let action: SpoolAction
  public let entries: [Position]
  /// 1 to 10, of `prioritise`.
  public let priority: Int?

  public init(_ action: SpoolAction, _ entries: [Position], priority: Int? = nil) {
    self.action = action
    self.entries = entries
    self.priority = priority
  }

  public var freesSpace: Bool { action == .delete || action == .purge }

  /// Entries that are gone, or that the action does not fit, are passed over.
  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Changed> {
    if action == .prioritise, !(1...10).contains(priority ?? 0) {
      throw Refusal.invalid(what: "the priority", why: "it is 1 to 10")
    }
    let authority = try view.authority(of: moment.origin.actor)
    var byDomain: [DomainID: [Position]] = [:]
    var (rows, taken) = (0, 0)
    for id in entries {
      guard rows < Self.most else { break }
      taken += 1
      guard let entry = try view.spoolEntry(id), fits(entry, at: moment.time),
        try action != .confirm || view.spoolLine(entry).isDoubtful
      else { continue }
      guard authority.administers(entry.domain) else {
        throw Refusal.forbidden(what: "changing the spool")
      }
      rows += 1 + 2 * entry.recipientCount
      byDomain[entry.domain, default: []].append(id)
    }
    let confirmed = action == .confirm ? try sent(byDomain.values.flatMap { $0 }, view) : []
    let drafts = byDomain.sorted { $0.value[0] < $1.value[0] }.map { domain, ids in
      Draft(
        .spoolChanged(
          SpoolChanged(
            action: action.rawValue, entries: ids,
            priority: action == .prioritise ? priority.map { UInt64($0) } : nil)),
        domain: domain)
    }
    return Outcome(
      drafts: confirmed + drafts,
      answer: Changed(
        count: byDomain.values.reduce(0) { $0 + $1.count }, rest: Array(entries[taken...])))
  }

  /// Somebody knows that they have it: it has been sent.
  private func sent(_ entries: [Position], _ view: borrowing StateView) throws -> [Draft] {
    var drafts: [Draft] = []
    for id in entries {
      guard let entry = try view.spoolEntry(id) else { continue }
      for recipient in try view.spoolRecipients(of: id) where recipient.status == .doubtful {
        let event = MessageSent(
          tls: nil, code: 0, entry: id, origin: entry.origin, status: "2.0.0",
          attempt: UInt64(recipient.attempts), message: entry.message,
          recipient: UInt64(recipient.index), transport: "confirmed", host: recipient.host,
          reply: nil, address: recipient.address)
        drafts.append(
          Draft(.messageSent(event), domain: entry.domain, seal: try view.seal(of: entry)))
      }
    }
    return drafts
  }

  private func fits(_ entry: SpoolEntry, at time: Timestamp) -> Bool {
    let age = entry.deleted.map { time.since($0) }
    switch action {
    case .restore: return age.map { $0 < Self.restorable } ?? false
    case .purge: return age.map { $0 >= Self.restorable } ?? false
    case .hold: return !entry.isHeld && age == nil
    case .release: return entry.isHeld && age == nil
    case .force, .reset, .delete, .confirm, .prioritise: return age == nil
    }
  }
}
