import Glibc
import Network
import Platform

/// Opens and closes listeners until what is listened on is what the settings want.
///
/// A listener that cannot be opened changes nothing: the service's old ones stay, the others are as
/// wanted, and it is tried again.
final class ListenerKeeper {
  /// A service with the addresses it is to answer on.
  struct Wish {
    var service: Service
    var addresses: [SocketAddress]
    /// Whether the addresses stand for all the machine has, which may be none of IPv6.
    var isEverywhere = false

    func forgives(_ refusal: ListenerRefusal) -> Bool {
      guard isEverywhere, case .system(.ip(.anyV6, _), let error) = refusal else { return false }
      return [EAFNOSUPPORT, EADDRNOTAVAIL].contains(error.code)
    }
  }

  struct Trouble: Hashable {
    var service: String
    var address: SocketAddress
    var refusal: ListenerRefusal
  }

  private struct Open {
    var service: Service
    /// As it was asked for; the kernel may have chosen a port.
    var wanted: SocketAddress
    var bound: SocketAddress
  }

  private let listeners: Listeners
  private var open: [Open] = []

  init(_ listeners: Listeners) { self.listeners = listeners }

  /// The service names and addresses that are open.
  var services: [(name: String, address: SocketAddress)] {
    open.map { ($0.service.name, $0.bound) }
  }

  /// Brings about what is wished, as far as the system lets it; the rest comes back.
  ///
  /// - Parameter grace: what sessions of closed listeners have to finish; ports are free at once.
  func bringAbout(_ wishes: [Wish], grace: Duration) async -> [Trouble] {
    var troubles: [Trouble] = []
    for wish in wishes {
      for address in wish.addresses where !isOpen(wish.service.name, address) {
        let refusal = await add(wish.service, address, wishes, grace)
        if let refusal, !wish.forgives(refusal) {
          troubles.append(
            Trouble(service: wish.service.name, address: address, refusal: refusal))
        }
      }
    }
    let troubled = Set(troubles.map(\.service))
    for one in open where !isWished(one, wishes) && !troubled.contains(one.service.name) {
      await remove(one, grace)
    }
    return troubles
  }

  private func isOpen(_ service: String, _ address: SocketAddress) -> Bool {
    open.contains { $0.service.name == service && $0.wanted == address }
  }

  private func isWished(_ one: Open, _ wishes: [Wish]) -> Bool {
    wishes.contains {
      $0.service.name == one.service.name && $0.addresses.contains(one.wanted)
    }
  }

  /// Opens a listener. Own listeners that are not wished any more and hold its port make way, and
  /// come back where that did not help.
  private func add(
    _ service: Service, _ address: SocketAddress, _ wishes: [Wish], _ grace: Duration
  ) async -> ListenerRefusal? {
    guard let first = tryToOpen(service, address) else { return nil }
    let inTheWay = open.filter { !isWished($0, wishes) && $0.bound.overlaps(address) }
    guard !inTheWay.isEmpty else { return first }
    for one in inTheWay { await remove(one, grace) }
    guard let second = tryToOpen(service, address) else { return nil }
    for one in inTheWay { _ = tryToOpen(one.service, one.wanted) }
    return second
  }

  private func tryToOpen(
    _ service: Service, _ address: SocketAddress
  ) -> ListenerRefusal? {
    do {
      let bound = try listeners.open(address, service)
      open.append(Open(service: service, wanted: address, bound: bound))
      return nil
    } catch {
      return error
    }
  }

  private func remove(_ one: Open, _ grace: Duration) async {
    await listeners.retire(one.bound, grace: grace)
    open.removeAll { $0.bound == one.bound }
  }
}

extension SocketAddress {
  /// Whether both cannot be listened on at once.
  fileprivate func overlaps(_ other: SocketAddress) -> Bool {
    guard case .ip(let one, let port) = self, case .ip(let two, let otherPort) = other,
      port == otherPort, one.isV4 == two.isV4
    else { return false }
    return one == two || [one, two].contains { $0 == .anyV4 || $0 == .anyV6 }
  }
}
