import Events

/// What an address leads to.
public enum Resolution: Hashable, Sendable {
  case routed(Route)
  /// No domain of this server: the message would have to be relayed.
  case foreign
  /// A domain of this server, in which nobody has the address.
  case unknown
  /// The user or the domain is switched off: `550 5.2.1`.
  case disabled
  /// Aliases that only lead to each other. RFC 5321 §6.3
  case circular
}

/// Where a message for one address goes: somebody, each once.
public struct Route: Hashable, Sendable {
  public internal(set) var locals: [LocalRecipient] = []
  public internal(set) var remotes: [RemoteRecipient] = []
  /// Whether an alias on the way has greylisting switched off.
  var hasUngreylistedAlias = false

  init() {}

  /// To one address elsewhere.
  public init(to remote: RemoteRecipient) { remotes = [remote] }

  var isEmpty: Bool { locals.isEmpty && remotes.isEmpty }
}

/// A user here, and the mailbox a message goes to.
public struct LocalRecipient: Hashable, Sendable {
  public let user: UserID
  public let domain: DomainID
  public let mailbox: MailboxID
  /// The steps from the address to the user; empty where it is the user's own.
  public let via: [RouteStep]
}

/// An address elsewhere, and who answers for sending there.
public struct RemoteRecipient: Hashable, Sendable {
  /// Without brackets.
  public let address: [UInt8]
  public let domain: DomainID
  /// The user who sends or passes on; nil for an alias.
  public let user: UserID?
  /// The steps from the address that was named; empty where it is that one.
  public let via: [RouteStep]

  public init(_ address: [UInt8], domain: DomainID, user: UserID?, via: [RouteStep] = []) {
    self.address = address
    self.domain = domain
    self.user = user
    self.via = via
  }
}
