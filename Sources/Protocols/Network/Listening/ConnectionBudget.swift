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
  mutating func take(_ service: Service, _ peer: SocketAddress) -> BudgetRefusal? {
    let ofService = Holder(service: service.name, subscriber: nil)
    let ofPeer = peer.ip.map { Holder(service: service.name, subscriber: $0.subscriber) }
    if open >= total { return .total }
    if service.limits.total > 0, held[ofService, default: 0] >= service.limits.total {
      return .service
    }
    if let ofPeer, service.limits.perAddress > 0,
      held[ofPeer, default: 0] >= service.limits.perAddress
    {
      return .address
    }
    open += 1
    held[ofService, default: 0] += 1
    if let ofPeer { held[ofPeer, default: 0] += 1 }
    return nil
  }

  mutating func giveBack(_ service: Service, _ peer: SocketAddress) {
    open -= 1
    release(Holder(service: service.name, subscriber: nil))
    if let ip = peer.ip { release(Holder(service: service.name, subscriber: ip.subscriber)) }
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
