import Authentication
import Events
import Glibc
import Ledger
import Network
import Platform
import Protection
import Relay
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
    /// Reads only and leaves no trace in the data directory.
    public var isObserver = false
    /// Where an observer folds State if it must.
    public var scratch = "/tmp"
    public var version = ""
    public var onFold: @Sendable (Position, Position) -> Void = { _, _ in }

    public init() {}
  }

  private let place: Workplace
  /// Service name to the address it answered on when the server had started.
  public let services: [(name: String, address: SocketAddress)]
  private let loops: EventLoops
  private let listeners: Listeners
  private let authenticator: Authenticator
  private let keeper: ServingKeeper
  private let keeping: Task<Void, Never>
  /// Nil where nothing is written.
  private let relay: RelayService?
  private let chores: [Task<Void, Never>]

  private init(
    _ place: Workplace, _ loops: EventLoops, _ listeners: Listeners, _ authenticator: Authenticator,
    _ sentry: Sentry, _ keeper: ServingKeeper, _ relay: RelayService?,
    _ services: [(name: String, address: SocketAddress)]
  ) {
    self.place = place
    self.loops = loops
    self.listeners = listeners
    self.authenticator = authenticator
    self.keeper = keeper
    self.relay = relay
    self.services = services
    let traffic = TrafficJournal(node: place.node, listeners: listeners)
    keeping = Task { await keeper.run() }
    chores =
      place.node.isObserver
      ? [Task { await sentry.run() }]
      : [
        Upkeep.start(place.node, authenticator), Task { await traffic.run() },
        Task { await sentry.run() },
      ]
  }

  /// Opens the data directory and every service; all answer when it returns.
  public static func start(_ directory: DataDirectory, _ options: Options) async throws
    -> MailServer
  {
    Memory.share(among: max(1, Machine.processors / 2))
    let nodeOptions = nodeOptions(options)
    let node =
      options.isObserver
      ? try Node.observe(directory.path, nodeOptions)
      : try await Node.open(directory.path, nodeOptions)
    let place: Workplace
    do { place = try Workplace(node, follows: !options.isObserver) } catch {
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
    let listeners = Listeners(loops: loops, diagnostics: node.diagnostics)
    do {
      let name = ServerName(Machine.hostName)
      let sentry = try Sentry(node)
      sentry.onBlock { door, client in listeners.turnOut(client, from: door) }
      let authenticator = Authenticator(
        directory: NodeDirectory(node), clock: node.clock, entropy: node.entropy,
        hostName: name.current, workers: try passwordThreads(node),
        onRefusal: { context, user in
          guard let service = ProtectedService(rawValue: context.service.rawValue) else { return }
          sentry.noteRefusal(at: service, client: context.client, user: user)
        })
      let keeper = try keeper(node, directory, options, listeners, authenticator, sentry, name)
      if !node.isObserver {
        try listeners.open(
          .unix(path: Operator.socket(of: directory)), control(place, operators: [0, geteuid()]))
      }
      let services = try await keeper.start()
      let relay =
        node.isObserver ? nil : RelayService(node, loops: loops.all) { name.current }
      try await relay?.start()
      return MailServer(
        place, loops, listeners, authenticator, sentry, keeper, relay, services)
    } catch {
      await listeners.stop(grace: .zero)
      loops.stop()
      throw error
    }
  }

  private static func keeper(
    _ node: Node, _ directory: DataDirectory, _ options: Options, _ listeners: Listeners,
    _ authenticator: Authenticator, _ sentry: Sentry, _ name: ServerName
  ) throws -> ServingKeeper {
    let settings = try node.state.read { try ServingSettings($0, []) }
    name.change(to: settings.hostName)
    var certificates = CertificateKeeper(
      directory, clock: node.clock, node.diagnostics, writes: !node.isObserver)
    let shown = try certificates.look(at: settings.certificates, hostName: settings.hostName)
    let tls = try TLSContext(
      server: shown?.identities ?? [], clock: node.clock, entropy: node.entropy)
    if let (identities, named) = shown { try tls.reload(identities, named: named) }
    let plan = ServicePlan(
      node: node, tls: tls, authenticator: authenticator, sentry: sentry, hostName: name,
      submitSocket: node.isObserver ? nil : directory.path + "/submit.sock")
    return try ServingKeeper(
      node, options, try plan.services(), listeners, tls, name, certificates)
  }

  private static func passwordThreads(_ node: Node) throws -> Int {
    let threads = try node.state.read { try $0.value(Settings.workerThreads, for: .system) }
    return threads > 0 ? threads : Machine.processors
  }

  private static func nodeOptions(_ options: Options) -> Node.Options {
    var nodeOptions = Node.Options(onEnd: { end in
      Diagnostics().log(.error, "ended", [("reason", end.reason)])
      // No verdict may go out any more, so nothing is unwound.
      _exit(ScribeEnd.exitCode)
    })
    nodeOptions.scribe.version = options.version
    nodeOptions.onFold = options.onFold
    nodeOptions.scratch = options.scratch
    nodeOptions.scrubs = true
    nodeOptions.answering = { EventLoop.gatheringWakeUps($0) }
    if options.tracesSyncs {
      nodeOptions.afterCommit = { head in
        Diagnostics.standardError(Array("durable position=\(head.rawValue)\n".utf8))
      }
    }
    return nodeOptions
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

  /// Reads the certificates again within a second, whatever their files look like.
  public func reload() { keeper.reload() }

  /// Lets what runs end within the grace time of the settings, then closes everything in good order.
  public func stop() async {
    keeping.cancel()
    await keeping.value
    let grace = await keeper.grace
    async let delivered: Void? = relay?.stop(grace: grace)
    await listeners.stop(grace: grace)
    _ = await delivered
    for chore in chores { chore.cancel() }
    for chore in chores { await chore.value }
    if !place.node.isObserver {
      await TrafficJournal(node: place.node, listeners: listeners).journal(
        since: place.node.clock.now())
    }
    authenticator.stop()
    await place.stop()
    loops.stop()
  }
}
