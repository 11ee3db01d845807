import Events
import Ledger
import Platform

/// Lifts the blocks of a source, of one service or of all. SPEC §6
public struct LiftBlocks: Decision {
  public typealias View = StateView

  /// Every block of a source that lies in it is lifted.
  public let network: IPNetwork
  /// Nil for all.
  public let service: ProtectedService?

  public init(of network: IPNetwork, service: ProtectedService? = nil) {
    self.network = network
    self.service = service
  }

  /// Refuses where there is none, and anybody but a system administrator. Answers what was lifted,
  /// at most `RecordAbuse.most` at once.
  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<[Block]> {
    try view.requireSystem(moment.origin.actor, "lifting a block")
    guard let key = try view.serverKey() else { throw Refusal.notFound(what: "the server's key") }
    let blocks = try view.blocks().filter { block in
      guard case .client(let address) = block.subject else { return false }
      // An address of an IPv6 network that is blocked as a whole means that network.
      let isMeant = network.contains(address) || network.address.subscriber == address
      return isMeant && (service == nil || service == block.service)
    }.prefix(RecordAbuse.most)
    guard !blocks.isEmpty else { throw Refusal.notFound(what: "a block of \(network)") }
    let drafts = blocks.map {
      Draft(
        .sourceUnblocked(SourceUnblocked(block: $0.position, reason: "lifted")), seal: .slot(key))
    }
    return Outcome(drafts: drafts, answer: Array(blocks))
  }
}
