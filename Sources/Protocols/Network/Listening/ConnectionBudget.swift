/// Who holds how many connections: per service, per service and subscriber, and in all.
struct ConnectionBudget {
  private struct Holder: Hashable {
    let service: String
    let subscriber: IPAddress?
  }

  /// Open connections the process takes at most, so that descriptors remain for files.
  let total: Int
  private(set) var open = 0
  private var held: [Holder: Int] = [:]

  init(total: Int) { self.total = total }

  /// Takes one place, or says which limit is in the way.
  mutating func take(
    _ service: String, _ limits: Service.Limits, _ peer: SocketAddress
  ) -> BudgetRefusal? {
    let ofService = Holder(service: service, subscriber: nil)
    let ofPeer = peer.ip.map { Holder(service: service, subscriber: $0.subscriber) }
    if open >= total { return .total }
    if limits.total > 0, held[ofService, default: 0] >= limits.total {
      return .service
    }
    if let ofPeer, limits.perAddress > 0,
      held[ofPeer, default: 0] >= limits.perAddress
    {
      return .address
    }
    open += 1
    held[ofService, default: 0] += 1
    if let ofPeer { held[ofPeer, default: 0] += 1 }
    return nil
  }

  mutating func giveBack(_ service: String, _ peer: SocketAddress) {
    open -= 1
    release(Holder(service: service, subscriber: nil))
    if let ip = peer.ip { release(Holder(service: service, subscriber: ip.subscriber)) }
  }

  private mutating func release(_ holder: Holder) {
    guard let count = held[holder] else { return }
    held[holder] = count > 1 ? count - 1 : nil
  }
}

/// The limit that was in the way of a connection.
public enum BudgetRefusal: String, Hashable, Sendable {
  case total, service, address
}
