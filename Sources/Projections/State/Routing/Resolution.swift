import Events

/// What an address leads to.
public enum Resolution: Hashable, Sendable {
  /// Users here, at least one, each once, with the mailboxes the message goes to.
  case local([LocalRecipient])
  /// No domain of this server: the message would have to be relayed.
  case foreign
  /// A domain of this server, in which nobody has the address.
  case unknown
  /// The user or the domain is switched off: `550 5.2.1`.
  case disabled
  /// Aliases that only lead to each other. RFC 5321 §6.3
  case circular
}

/// Where a message for a local address goes.
public struct LocalRecipient: Hashable, Sendable {
  public let user: UserID
  public let domain: DomainID
  public let mailbox: MailboxID
  /// The steps from the address to the user; empty where it is the user's own.
  public let via: [RouteStep]
}
