import Events
import Ledger

/// Journals what happened in a minute without becoming events one by one: connections, commands,
/// failed sign-ins, each summed per service and address, so that a flood cannot fill the disk.
public struct RecordTraffic: Decision {
  public typealias View = StateView

  /// So many summaries are journaled at once; further ones are for the next decision.
  public static let most = 1_000

  public let traffic: [TrafficSummarised]
  public let refused: [SessionRefused]

  public init(traffic: [TrafficSummarised], refused: [SessionRefused] = []) {
    self.traffic = traffic
    self.refused = refused
  }

  /// Refuses more than `most` summaries.
  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Void> {
    let count = traffic.count + refused.count
    guard count <= Self.most else {
      throw Refusal.limitReached(
        setting: "summaries in one decision", limit: UInt64(Self.most), used: UInt64(count))
    }
    guard let key = try view.serverKey() else { throw Refusal.notFound(what: "the server's key") }
    let events = traffic.map(Event.trafficSummarised) + refused.map(Event.sessionRefused)
    return Outcome(drafts: events.map { Draft($0, seal: .slot(key)) })
  }
}
