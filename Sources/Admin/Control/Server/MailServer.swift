import Authentication
import Events
import Glibc
import Ledger
import Network
import Platform
import State

/// The running server: a node, its services behind listeners, and the control socket.
public final class MailServer: Sendable {
  /// How it is to run, beyond what the settings say.
  public struct Options: Sendable {
    /// Listens here instead of on the addresses of the settings.
    public var address: IPAddress?
    /// Added to every port.
    public var portOffset = 0
    /// Writes `durable position=N` before each positive reply can go out.
    public var tracesSyncs = false
    public var version = ""
    public var onFold: @Sendable (Position, Position) -> Void = { _, _ in }

    public init() {}
  }

  private let place: Workplace
  private let loops: EventLoops
  private let listeners: Listeners
  private let authenticator: Authenticator
  private let upkeep: Task<Void, Never>
  /// Service name to the address it answers on.
  public let services: [(name: String, address: SocketAddress)]

  private init(
    _ place: Workplace, _ loops: EventLoops, _ listeners: Listeners,
    _ authenticator: Authenticator, _ upkeep: Task<Void, Never>,
    _ services: [(name: String, address: SocketAddress)]
  ) {
    self.place = place
    self.loops = loops
    self.listeners = listeners
    self.authenticator = authenticator
    self.upkeep = upkeep
    self.services = services
  }

  /// Opens the data directory and every service; all answer when it returns.
  public static func start(_ directory: DataDirectory, _ options: Options) async throws
    -> MailServer
  {
    let node = try await Node.open(directory.path, nodeOptions(options))
    let place: Workplace
    do { place = try Workplace(node) } catch {
      await node.stop()
      throw error
    }
    do { return try await start(place, directory, options) } catch {
      await place.stop()
      throw error
    }
  }

  private static func start(
    _ place: Workplace, _ directory: DataDirectory, _ options: Options
  ) async throws -> MailServer {
    let node = place.node
    let loops = try EventLoops(count: Machine.processors)
    let listeners = Listeners(loops: loops)
    let hostName = try hostName(node)
    let tls = try TLSSetup.context(node, directory, hostName: hostName)
    let authenticator = Authenticator(
      directory: NodeDirectory(node), clock: node.clock, entropy: node.entropy, hostName: hostName)
    let plan = ServicePlan(
      node: node, tls: tls, authenticator: authenticator, hostName: hostName)
    var services: [(name: String, address: SocketAddress)] = []
    do {
      try listeners.open(
        .unix(path: Operator.socket(of: directory)), control(place, operators: [0, geteuid()]))
      for (service, port) in try plan.services() where port > 0 {
        for address in try addresses(node, options) {
          let wanted = SocketAddress.ip(
            address, port: UInt16(clamping: port + options.portOffset))
          services.append((service.name, try listeners.open(wanted, service)))
        }
      }
    } catch {
      await listeners.stop(grace: .zero)
      loops.stop()
      throw error
    }
    return MailServer(
      place, loops, listeners, authenticator, Upkeep.start(node, authenticator), services)
  }

  private static func nodeOptions(_ options: Options) -> Node.Options {
    var nodeOptions = Node.Options(onEnd: { end in
      Diagnostics().log(.error, "ended", [("reason", end.reason)])
      // No verdict may go out any more, so nothing is unwound.
      _exit(ScribeEnd.exitCode)
    })
    nodeOptions.scribe.version = options.version
    nodeOptions.onFold = options.onFold
    if options.tracesSyncs {
      nodeOptions.afterCommit = { head in
        Diagnostics.standardError(Array("durable position=\(head.rawValue)\n".utf8))
      }
    }
    return nodeOptions
  }

  private static func hostName(_ node: Node) throws -> String {
    let name = try node.state.read { try $0.value(Settings.hostName, for: .system) }
    return name.isEmpty ? Machine.hostName : name
  }

  private static func addresses(_ node: Node, _ options: Options) throws -> [IPAddress] {
    if let address = options.address { return [address] }
    let texts = try node.state.read { try $0.value(Settings.listenAddresses, for: .system) }
    return texts.contains("all") ? [.anyV6] : texts.compactMap { IPAddress($0) }
  }

  private static func control(_ place: Workplace, operators: Set<UInt32>) -> Service {
    Service(name: "control") { connection in
      let session = ControlSession(connection: connection, operators: operators) {
        request, uid, reply in
        let context = OperationContext(place, uid: uid, reply: reply)
        await reply(Operations.perform(request, in: context))
      }
      await session.run()
    }
  }

  /// Lets what runs end within a grace time, then closes everything in good order.
  public func stop(grace: Duration = .seconds(5)) async {
    await listeners.stop(grace: grace)
    upkeep.cancel()
    await upkeep.value
    authenticator.stop()
    await place.stop()
    loops.stop()
  }
}
