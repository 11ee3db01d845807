import CPlatform
import Platform
import Synchronization

extension Listeners {
  /// Takes in an accepted descriptor: where the doorkeeper and the budget let it, it is served, else
  /// hung up on. A trusted proxy is let in to say whom it speaks for.
  func welcome(_ descriptor: Int32, from peer: SocketAddress, at listener: Listener) {
    let service = listener.service
    let isProxy = isProxy(peer)
    let holder = isProxy ? nil : peer.ip
    if let words = holder.flatMap({ service.door?.admits($0) }) == false
      ? service.rejection : overBudget(service, holder)
    {
      state.withLock { $0.traffic.refused(service.name, peer.ip) }
      if service.tls == nil {
        words.withUnsafeBytes { _ = daybook_send(descriptor, $0.baseAddress, $0.count) }
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
    connection.refusesProxyHeader = !isProxy
    let guest = Guest(
      connection: connection, listener: listener, peer: peer, local: local, holder: holder)
    let mustStop = state.withLock { state in
      state.guests[connection.id] = guest
      state.present[ObjectIdentifier(listener), default: 0] += 1
      return state.isStopping
    }
    if mustStop { connection.requestStop() }
    let task = Task(executorPreference: connection.loop) { [self] in
      await serve(connection, listener.service, isProxy: isProxy)
      leave(guest)
    }
    state.withLock { $0.guests[connection.id]?.task = task }
  }

  /// What is said to a peer for whom there is no place; nil where it has one now.
  private func overBudget(_ service: Service, _ holder: IPAddress?) -> [UInt8]? {
    state.withLock { state in
      let limits = state.limits[service.name] ?? service.limits
      return state.budget.take(service.name, limits, holder).map { _ in service.refusal }
    }
  }

  private func serve(_ connection: Connection, _ service: Service, isProxy: Bool) async {
    do {
      try connection.attach()
    } catch {
      return
    }
    await connection.whileOpen {
      if isProxy, await !introduce(connection, service) {
        return await connection.hangUp()
      }
      if let tls = service.tls, await !connection.isSecured(by: tls) { return }
      await service.serve(connection)
      if !connection.isClosed { await connection.hangUp() }
    }
  }

  private func leave(_ guest: Guest) {
    let (connection, service) = (guest.connection, guest.listener.service)
    let tally = connection.tally
    let (known, done) = state.withLock { state -> (Guest, [Waiter]) in
      let known = state.guests.removeValue(forKey: connection.id) ?? guest
      state.budget.giveBack(service.name, known.holder)
      if !known.isTurnedAway { state.traffic.ended(service.name, known.peer.ip, tally) }
      let listener = ObjectIdentifier(guest.listener)
      let left = state.present[listener, default: 1] - 1
      state.present[listener] = left > 0 ? left : nil
      let done = state.waiters.filter { state.isEmpty(of: $0.listener) }
      if !done.isEmpty { state.waiters = state.waiters.filter { !state.isEmpty(of: $0.listener) } }
      return (known, done)
    }
    if let ip = known.holder, !known.isTurnedAway { service.door?.left(ip, tally) }
    if connection.hasRefusedProxyHeader { note(.untrusted, at: service, now: connection.loop.now) }
    for waiter in done { waiter.continuation.resume() }
  }

  /// Ends the connections of a client behind a doorkeeper at once, except where somebody has signed
  /// in or a message was taken.
  public func turnOut(_ client: IPAddress, from door: any Doorkeeper) {
    let guests = state.withLock { state in
      state.guests.values.filter {
        $0.listener.service.door === door && $0.holder?.subscriber == client.subscriber
      }
    }
    for guest in guests {
      let connection = guest.connection
      connection.loop.submit {
        if !connection.tally.isEventful { connection.fail(.cancelled) }
      }
    }
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
          id: $0.connection.id, service: $0.listener.service.name, peer: $0.peer,
          local: $0.local)
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
