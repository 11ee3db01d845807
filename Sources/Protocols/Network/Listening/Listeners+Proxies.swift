import Platform
import Synchronization

/// Why a connection was closed for what it said, or did not say, in the place of a PROXY header.
enum ProxyFault: String {
  case missing = "no valid PROXY header came in time from a trusted proxy"
  case untrusted = "a PROXY header came from a peer that is not trusted"
}

extension Listeners {
  /// How long a trusted proxy has to say whom it speaks for.
  static let proxyTime = Duration.seconds(5)

  /// From now on, connections out of these networks begin with a PROXY header.
  public func trust(_ proxies: [IPNetwork]) { state.withLock { $0.proxies = proxies } }

  /// Whether a peer is a proxy that is believed.
  func isProxy(_ peer: SocketAddress) -> Bool {
    guard let ip = peer.ip else { return false }
    return state.withLock { state in state.proxies.contains { $0.contains(ip) } }
  }

  /// Reads the header of a trusted proxy; from then on the client is the peer. False where the
  /// connection is not to be served.
  func introduce(_ connection: Connection, _ service: Service) async -> Bool {
    let reading: ProxyHeader.Reading
    do { reading = try await header(of: connection) } catch { reading = .malformed }
    switch reading {
    case .client(let client, let server, let length):
      connection.consume(length)
      connection.speaks(for: client, to: server)
      return meets(client, server, connection, service)
    case .nameless(let length):
      connection.consume(length)
      return true
    case .malformed, .incomplete:
      note(.missing, at: service, now: connection.loop.now)
      connection.close()
      return false
    }
  }

  private func header(
    of connection: Connection
  ) async throws(ConnectionFailure) -> ProxyHeader.Reading {
    let deadline = connection.loop.deadline(after: Self.proxyTime)
    defer { connection.receiveLimit = .max }
    while true {
      let octets = connection.withInput { input in
        input.withUnsafeBytes { Array($0.prefix(ProxyHeader.longest)) }
      }
      let reading = ProxyHeader.read(octets)
      guard reading == .incomplete else { return reading }
      connection.receiveLimit = ProxyHeader.missing(octets)
      guard try await connection.fill(by: deadline, limit: ProxyHeader.longest) == .more else {
        return .malformed
      }
    }
  }

  /// Asks for the client what was not asked for the proxy.
  private func meets(
    _ client: SocketAddress, _ server: SocketAddress, _ connection: Connection,
    _ service: Service
  ) -> Bool {
    guard let ip = client.ip else { return true }
    var words = service.rejection
    let isAdmitted = service.door?.admits(ip) ?? true
    if isAdmitted {
      let refusal = state.withLock { state -> BudgetRefusal? in
        let limits = state.limits[service.name] ?? service.limits
        if let refusal = state.budget.name(service.name, limits, ip) { return refusal }
        state.guests[connection.id]?.peer = client
        state.guests[connection.id]?.local = server
        state.guests[connection.id]?.holder = ip
        return nil
      }
      guard refusal != nil else { return true }
      words = service.refusal
    }
    state.withLock { $0.traffic.refused(service.name, ip) }
    state.withLock { $0.guests[connection.id]?.isTurnedAway = true }
    if service.tls == nil { connection.write(words) }
    return false
  }

  /// Tells of a fault, at most once in ten seconds each; the line says how many it stands for.
  func note(_ fault: ProxyFault, at service: Service, now: UInt64) {
    let count = state.withLock { state -> Int? in
      state.proxyFaults[fault, default: .init()].count += 1
      guard let known = state.proxyFaults[fault], now >= known.quietUntil else { return nil }
      state.proxyFaults[fault] = .init(quietUntil: now + 10_000_000_000)
      return known.count
    }
    guard let count else { return }
    diagnostics.log(
      .warning, "proxy_header_refused",
      [("service", service.name), ("why", fault.rawValue), ("connections", "\(count)")])
  }
}
