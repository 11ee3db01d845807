import Network
import Platform
import State

/// What the settings say about serving, as one value: a change shows by comparing.
struct ServingSettings: Hashable, Sendable {
  var hostName: String
  var floor: Network.TLSFloor
  var certificates: [CertificateFiles]
  var addresses: [IPAddress]
  /// Whether `addresses` stands for all the machine has.
  var isEverywhere: Bool
  /// By service; 0 is switched off.
  var ports: [String: Int]
  /// Of services for this machine only.
  var sockets: [String: [SocketAddress]]
  var limits: [String: Service.Limits]
  /// Whose PROXY headers are believed.
  var proxies: [IPNetwork]
  var logLevel: Diagnostics.Level
  /// How long sessions have to finish when their listener is closed.
  var grace: Duration

  init(_ view: borrowing StateView, _ services: [PlannedService]) throws {
    let name = try view.value(Settings.hostName, for: .system)
    hostName = name.isEmpty ? Machine.hostName : name
    floor = try view.value(Settings.tlsFloor, for: .system) == .tls13 ? .tls13 : .tls12
    certificates = try view.value(Settings.certificates, for: .system)
      .compactMap { CertificateFiles($0) }
    let texts = try view.value(Settings.listenAddresses, for: .system)
    isEverywhere = texts.contains("all")
    addresses = isEverywhere ? [.anyV4, .anyV6] : texts.compactMap { IPAddress($0) }
    ports = [:]
    sockets = [:]
    limits = [:]
    for one in services {
      switch one.place {
      case .port(let port): ports[one.service.name] = try view.value(port, for: .system)
      case .sockets(let fixed, let more):
        sockets[one.service.name] =
          try fixed + view.value(more, for: .system).compactMap { SocketAddress(local: $0) }
      }
      limits[one.service.name] = Service.Limits(
        perAddress: try view.value(one.perAddress, for: .system),
        total: try view.value(one.connections, for: .system))
    }
    proxies = try view.value(Settings.trustedProxies, for: .system).compactMap { IPNetwork($0) }
    logLevel = Diagnostics.Level(try view.value(Settings.logLevel, for: .system))
    grace = .seconds(try view.value(Settings.shutdownGrace, for: .system))
  }

  /// The addresses of a service, with what `serve` was told on its command line.
  func addresses(of service: String, _ options: MailServer.Options) -> [SocketAddress] {
    if let sockets = sockets[service] { return sockets.map { $0.moved(by: options.portOffset) } }
    guard let port = ports[service], port > 0 else { return [] }
    let open = options.address.map { [$0] } ?? addresses
    return open.map { .ip($0, port: UInt16(clamping: port + options.portOffset)) }
  }
}

extension SocketAddress {
  /// Of a setting that holds an address with its port, or a path.
  fileprivate init?(local text: String) {
    if text.hasPrefix("/") {
      self = .unix(path: text)
      return
    }
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]),
      let ip = IPAddress(text[..<colon].filter { $0 != "[" && $0 != "]" })
    else { return nil }
    self = .ip(ip, port: port)
  }

  fileprivate func moved(by offset: Int) -> SocketAddress {
    guard case .ip(let ip, let port) = self else { return self }
    return .ip(ip, port: UInt16(clamping: Int(port) + offset))
  }
}

extension Diagnostics.Level {
  fileprivate init(_ level: LogLevel) {
    switch level {
    case .error: self = .error
    case .warning: self = .warning
    case .info: self = .info
    case .debug: self = .debug
    }
  }
}
