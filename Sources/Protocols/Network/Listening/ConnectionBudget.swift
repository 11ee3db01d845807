import Platform

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
  ///
  /// - Parameter peer: nil where nobody is counted for it: a Unix socket, or a proxy that has not
  ///   yet said whom it speaks for.
  mutating func take(
    _ service: String, _ limits: Service.Limits, _ peer: IPAddress?
  ) -> BudgetRefusal? {
    let ofService = Holder(service: service, subscriber: nil)
    if open >= total { return .total }
    if limits.total > 0, held[ofService, default: 0] >= limits.total {
      return .service
    }
    if let peer, let refusal = name(service, limits, peer) { return refusal }
    open += 1
    held[ofService, default: 0] += 1
    return nil
  }

  /// Counts a place that is taken for the one who has it, unless they have too many.
  mutating func name(
    _ service: String, _ limits: Service.Limits, _ peer: IPAddress
  ) -> BudgetRefusal? {
    let ofPeer = Holder(service: service, subscriber: peer.subscriber)
    let count = held[ofPeer, default: 0]
    if limits.perAddress > 0, count >= limits.perAddress { return .address }
    held[ofPeer] = count + 1
    return nil
  }

  mutating func giveBack(_ service: String, _ peer: IPAddress?) {
    open -= 1
    release(Holder(service: service, subscriber: nil))
    if let peer { release(Holder(service: service, subscriber: peer.subscriber)) }
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
