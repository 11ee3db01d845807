import CPlatform
import Glibc
import Platform
import Synchronization

/// The open ports of the server, and the connections that came through them.
///
/// Listeners are opened and closed at run time. Closing one lets its connections finish within a
/// grace time: idle ones are asked to end at once (`Connection.requestStop`), the rest are closed
/// when the time is over.
public final class Listeners: Sendable {
  /// At most this many listeners. SPEC §2.1
  public static let limit = 1_024
  private static let backlog: Int32 = 1_024

  struct Guest {
    let connection: Connection
    let listener: Listener
    /// The client, where a proxy speaks for one.
    var peer: SocketAddress
    var local: SocketAddress
    /// Whose place in the budget it is.
    var holder: IPAddress?
    /// Whether it was told to go before anything else.
    var isTurnedAway = false
    var task: Task<Void, Never>?
  }

  /// Faults that were not yet told of.
  struct ProxyFaults {
    var count = 0
    /// By the loops' clock.
    var quietUntil: UInt64 = 0
  }

  /// Who waits until all guests of a listener (nil: of any) have left.
  struct Waiter {
    let listener: ObjectIdentifier?
    let continuation: CheckedContinuation<Void, Never>
  }

  struct State {
    var listeners: [SocketAddress: Listener] = [:]
    var guests: [UInt64: Guest] = [:]
    /// Guests per listener, for those who wait until the last has left.
    var present: [ObjectIdentifier: Int] = [:]
    var budget: ConnectionBudget
    /// Limits set since a service was opened.
    var limits: [String: Service.Limits] = [:]
    var traffic = TrafficLedger()
    var proxies: [IPNetwork] = []
    var proxyFaults: [ProxyFault: ProxyFaults] = [:]
    var isStopping = false
    var waiters: [Waiter] = []
  }

  public let loops: EventLoops
  let diagnostics: Diagnostics
  let state: Mutex<State>

  /// - Parameter connections: how many the process holds at most; by default the descriptors it may
  ///   open less 512 for files, listeners and outgoing connections.
  public init(
    loops: EventLoops, connections: Int? = nil, diagnostics: Diagnostics = .none
  ) {
    self.loops = loops
    self.diagnostics = diagnostics
    let descriptors = Int(min(daybook_raise_descriptor_limit(), 1_048_576))
    let budget = ConnectionBudget(total: connections ?? max(64, descriptors - 512))
    state = Mutex(State(budget: budget))
  }

  /// The addresses that are listened on.
  public var addresses: [SocketAddress] { state.withLock { Array($0.listeners.keys) } }

  /// Opens a listener and returns the address it is bound to (with the port chosen for port 0).
  ///
  /// A Unix socket file left by a server that died is replaced; its mode is the service's.
  @discardableResult
  public func open(
    _ address: SocketAddress, _ service: Service
  ) throws(ListenerRefusal) -> SocketAddress {
    if let refusal = state.withLock({ refusal(to: address, $0) }) { throw refusal }
    let descriptor: Int32
    do {
      descriptor = try Self.bind(address, mode: service.socketMode)
    } catch {
      throw .system(address, error)
    }
    var bound = address
    if case .ip = address { bound = Connection.boundAddress(of: descriptor) }
    let listener = Listener(
      descriptor: descriptor, address: bound, service: service, loop: loops.next(), owner: self)
    let late = state.withLock { state in
      let refusal = refusal(to: bound, state)
      if refusal == nil { state.listeners[bound] = listener }
      return refusal
    }
    if let late {
      _ = daybook_close(descriptor)
      throw late
    }
    listener.loop.submit { listener.attach() }
    return bound
  }

  private func refusal(to address: SocketAddress, _ state: borrowing State) -> ListenerRefusal? {
    if state.isStopping { return .stopping }
    if state.listeners[address] != nil { return .alreadyOpen(address) }
    if state.listeners.count >= Self.limit { return .limitReached(limit: Self.limit) }
    return nil
  }

  private static func bind(
    _ address: SocketAddress, mode: UInt32
  ) throws(SystemError) -> Int32 {
    switch address {
    case .ip:
      var end = address.endpoint ?? daybook_endpoint()
      return try kernel(daybook_listen(&end, backlog), "bind", "\(address)")
    case .unix(let path):
      let first = daybook_listen_unix(path, backlog)
      guard first == -EADDRINUSE else {
        let descriptor = try kernel(first, "bind", path)
        if mode != 0o600 { chmod(path, mode) }
        return descriptor
      }
      let probe = daybook_connect_unix(path)
      if probe >= 0 { _ = daybook_close(probe) }
      guard probe == -ECONNREFUSED else {
        throw SystemError(code: EADDRINUSE, operation: "bind", path: path)
      }
      try kernel(daybook_unlink(path), "unlink", path)
      return try bind(address, mode: mode)
    }
  }
}
