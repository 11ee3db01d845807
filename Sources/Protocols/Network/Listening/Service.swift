import Platform

/// What is served behind a listener: a protocol's sessions, and how many of them.
public struct Service: Sendable {
  /// As it is named in settings, events and reports: `smtp`, `imap` ...
  public let name: String
  public let limits: Limits
  /// Sent to a peer over the limits before it is hung up on, e.g. `421 4.7.0 Too many`.
  public let refusal: [UInt8]
  /// Who is asked before a peer is served; nil where everybody is.
  public let door: (any Doorkeeper)?
  /// Sent to a peer that the doorkeeper does not admit before it is hung up on.
  public let rejection: [UInt8]
  /// Where it is given, each connection is encrypted before it is served (implicit TLS).
  public let tls: TLSContext?
  /// Of a Unix socket: 0600 lets in root and the server's own account, 0666 all who reach it.
  public let socketMode: UInt32
  /// Serves one connection on its loop; when it returns the connection is hung up.
  public let serve: @Sendable (Connection) async -> Void

  /// How many connections a service takes at once. 0 is unlimited.
  public struct Limits: Hashable, Sendable {
    public var perAddress: Int
    public var total: Int

    public init(perAddress: Int = 100, total: Int = 10_000) {
      self.perAddress = perAddress
      self.total = total
    }
  }

  public init(
    name: String, limits: Limits = Limits(), refusal: [UInt8] = [],
    door: (any Doorkeeper)? = nil, rejection: [UInt8] = [], tls: TLSContext? = nil,
    socketMode: UInt32 = 0o600, serve: @escaping @Sendable (Connection) async -> Void
  ) {
    self.name = name
    self.limits = limits
    self.refusal = refusal
    self.door = door
    self.rejection = rejection
    self.tls = tls
    self.socketMode = socketMode
    self.serve = serve
  }
}

/// Why a listener was not opened.
public enum ListenerRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  case alreadyOpen(SocketAddress)
  case limitReached(limit: Int)
  case stopping
  case system(SocketAddress, SystemError)

  public var description: String {
    switch self {
    case .alreadyOpen(let address): "\(address) is already listened on"
    case .limitReached(let limit): "at most \(limit) listeners can be open"
    case .stopping: "the server is stopping"
    case .system(_, let error): "cannot listen: \(error)"
    }
  }
}
