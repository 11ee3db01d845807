import CPlatform
import Synchronization

extension Listeners {
  /// Takes in an accepted descriptor: within the budget a task serves it, else it is hung up on.
  func welcome(_ descriptor: Int32, from peer: SocketAddress, at listener: Listener) {
    let service = listener.service
    let refusal = state.withLock { state -> BudgetRefusal? in
      let limits = state.limits[service.name] ?? service.limits
      guard let refusal = state.budget.take(service.name, limits, peer) else { return nil }
      state.traffic.refused(service.name, peer.ip)
      return refusal
    }
    if refusal != nil {
      if service.tls == nil {
        service.refusal.withUnsafeBytes { _ = daybook_send(descriptor, $0.baseAddress, $0.count) }
      }
      _ = daybook_close(descriptor)
      return
    }
    let local: SocketAddress =
      if case .unix = listener.address { listener.address } else {
        Connection.boundAddress(of: descriptor)
      }
    let connection = Connection(
      descriptor: descriptor, loop: loops.next(), peer: peer, local: local)
    let guest = Guest(connection: connection, listener: listener)
    let mustStop = state.withLock { state in
      state.guests[connection.id] = guest
      state.present[ObjectIdentifier(listener), default: 0] += 1
      return state.isStopping
    }
    if mustStop { connection.requestStop() }
    let task = Task(executorPreference: connection.loop) { [self] in
      await serve(connection, listener.service)
      leave(guest)
    }
    state.withLock { $0.guests[connection.id]?.task = task }
  }

  private func serve(_ connection: Connection, _ service: Service) async {
    do {
      try connection.attach()
    } catch {
      return
    }
    await connection.whileOpen {
      if let tls = service.tls, await !connection.isSecured(by: tls) { return }
      await service.serve(connection)
      if !connection.isClosed { await connection.hangUp() }
    }
  }

  private func leave(_ guest: Guest) {
    let tally = guest.connection.tally
    let done = state.withLock { state -> [Waiter] in
      let (service, peer) = (guest.listener.service.name, guest.connection.peer)
      state.guests[guest.connection.id] = nil
      state.budget.giveBack(service, peer)
      state.traffic.ended(service, peer.ip, tally)
      let listener = ObjectIdentifier(guest.listener)
      let left = state.present[listener, default: 1] - 1
      state.present[listener] = left > 0 ? left : nil
      let done = state.waiters.filter { state.isEmpty(of: $0.listener) }
      if !done.isEmpty { state.waiters = state.waiters.filter { !state.isEmpty(of: $0.listener) } }
      return done
    }
    for waiter in done { waiter.continuation.resume() }
  }

  /// A connection that is open now.
  public struct OpenConnection: Hashable, Sendable {
    public let id: UInt64
    public let service: String
    public let peer: SocketAddress
    public let local: SocketAddress
  }

  /// The connections that are open now, in the order they came.
  public var connections: [OpenConnection] {
    state.withLock { state in
      state.guests.values.map {
        OpenConnection(
          id: $0.connection.id, service: $0.listener.service.name, peer: $0.connection.peer,
          local: $0.connection.local)
      }
    }.sorted { $0.id < $1.id }
  }

  /// How many connections are open now.
  public var connectionCount: Int { state.withLock { $0.guests.count } }

  /// What was done since the last call without an event of its own, per service and address.
  public func takeTraffic() -> [Traffic] { state.withLock { $0.traffic.take() } }

  /// Takes back what could not be journaled, for the next `takeTraffic`.
  public func putBack(_ late: [Traffic]) { state.withLock { $0.traffic.putBack(late) } }

  /// Changes how many connections a service takes from now on; open ones stay.
  public func limit(_ service: String, to limits: Service.Limits) {
    state.withLock { $0.limits[service] = limits }
  }

  /// Ends one connection at once. False where it is gone already.
  @discardableResult
  public func end(_ id: UInt64) -> Bool {
    let guest = state.withLock { $0.guests[id] }
    guest?.cancel()
    return guest != nil
  }
}

extension Connection {
  /// Whether implicit TLS began; where it did not, the connection is closed.
  fileprivate func isSecured(by tls: TLSContext) async -> Bool {
    do {
      try await startTLS(tls)
      return true
    } catch {
      close()
      return false
    }
  }
}
