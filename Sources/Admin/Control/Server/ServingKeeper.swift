import Events
import Ledger
import Network
import Platform
import State
import Synchronization

/// Keeps what is served as the settings say while the server runs: listeners, limits, certificates,
/// the host name and the log.
///
/// It looks twice a second whether the journal has grown or a certificate file has changed, so a
/// change acts within a second; sessions that it does not concern notice nothing.
actor ServingKeeper {
  static let pause = Duration.milliseconds(500)
  /// Looks after which listeners that could not be opened are tried again.
  private static let retry = 10

  private let node: Node
  private let options: MailServer.Options
  private let plan: [PlannedService]
  private let listeners: Listeners
  private let tls: TLSContext
  private let name: ServerName
  private var certificates: CertificateKeeper
  private let keeper: ListenerKeeper
  private var head: Position?
  private var settings: ServingSettings
  private var troubles: [ListenerKeeper.Trouble] = []
  private var looks = 0
  /// Whether certificates are to be read whatever their files look like.
  private let mustRead = Atomic<Bool>(false)

  init(
    _ node: Node, _ options: MailServer.Options, _ plan: [PlannedService], _ listeners: Listeners,
    _ tls: TLSContext, _ name: ServerName, _ certificates: CertificateKeeper
  ) throws {
    self.node = node
    self.options = options
    self.plan = plan
    self.listeners = listeners
    self.tls = tls
    self.name = name
    self.certificates = certificates
    keeper = ListenerKeeper(listeners)
    settings = try node.state.read { try ServingSettings($0, plan) }
  }

  /// Reads the certificates again at the next look, as SIGHUP asks.
  nonisolated func reload() { mustRead.store(true, ordering: .releasing) }

  /// How long sessions have to finish when the server stops.
  var grace: Duration { settings.grace }

  /// Opens everything for the first time and says what answers where.
  ///
  /// - Throws: the first `ListenerRefusal`, where something cannot be opened: at the start nothing
  ///   is lost by saying so at once.
  func start() async throws -> [(name: String, address: SocketAddress)] {
    head = try node.journal.reader.head
    apply()
    try showCertificates(again: false)
    let refused = await openListeners()
    if let first = refused.first { throw first.refusal }
    return keeper.services
  }

  /// Looks until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      do { try await Task.sleep(for: Self.pause) } catch { return }
      await look()
    }
  }

  private func look() async {
    looks += 1
    do {
      let isChanged = try readSettings()
      if isChanged { apply() }
      if isChanged || (!troubles.isEmpty && looks % Self.retry == 0) {
        report(await openListeners())
      }
      try showCertificates(again: mustRead.exchange(false, ordering: .acquiringAndReleasing))
    } catch {
      node.diagnostics.log(.warning, "settings_not_applied", [("why", "\(error)")])
    }
  }

  /// Whether the settings differ from those in force. Reads them only where the journal has grown.
  private func readSettings() throws -> Bool {
    let now = try node.journal.reader.head
    guard now != head else { return false }
    let read = try node.state.read { try ServingSettings($0, plan) }
    head = now
    guard read != settings else { return false }
    settings = read
    return true
  }

  private func apply() {
    name.change(to: settings.hostName)
    tls.require(settings.floor)
    node.diagnostics.write(from: settings.logLevel)
    for (service, limits) in settings.limits { listeners.limit(service, to: limits) }
  }

  private func showCertificates(again: Bool) throws {
    let shown = try certificates.look(
      at: settings.certificates, hostName: settings.hostName, again: again)
    if let (identities, named) = shown { try tls.reload(identities, named: named) }
  }

  private func openListeners() async -> [ListenerKeeper.Trouble] {
    let wishes = plan.map { one in
      ListenerKeeper.Wish(
        service: one.service, addresses: settings.addresses(of: one.service.name, options),
        isEverywhere: settings.isEverywhere && options.address == nil)
    }
    return await keeper.bringAbout(wishes, grace: settings.grace)
  }

  private func report(_ now: [ListenerKeeper.Trouble]) {
    for trouble in now where !troubles.contains(trouble) {
      node.diagnostics.log(
        .error, "listener_not_opened",
        [("service", trouble.service), ("why", trouble.refusal.description)])
    }
    for trouble in troubles where !now.contains(where: { $0.address == trouble.address }) {
      node.diagnostics.log(
        .info, "listener_trouble_over",
        [("service", trouble.service), ("address", "\(trouble.address)")])
    }
    troubles = now
  }
}
