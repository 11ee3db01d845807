import Events

/// What an address leads to.
public enum Resolution: Hashable, Sendable {
  /// A user here, and the mailbox the message goes to.
  case user(LocalRecipient)
  /// No domain of this server: the message would have to be relayed.
  case foreign
  /// A domain of this server, in which nobody has the address.
  case unknown
  /// The user or the domain is switched off: `550 5.2.1`.
  case disabled
}

/// Where a message for a local address goes.
public struct LocalRecipient: Hashable, Sendable {
  public let user: UserID
  public let domain: DomainID
  public let mailbox: MailboxID
  /// The steps from the address to the user; empty where it is the user's own.
  public let via: [RouteStep]
}

extension StateView {
  /// Where mail for `localPart@domain` goes, both as the client gave them.
  ///
  /// The user's own address comes first, then `user+folder` (the folder where it exists, else the
  /// inbox), then `postmaster` and `abuse`, which reach the domain administrator.
  /// RFC 5321 §4.5.1, RFC 2142 §4
  public func resolve(_ localPart: [UInt8], domain name: String) throws -> Resolution {
    guard let domain = try domain(named: name) else { return .foreign }
    guard let local = LocalPart(localPart) else { return .unknown }
    if let user = try user(local, in: domain.id) {
      return try recipient(user, domain, folder: nil, via: nil)
    }
    if let plus = local.plusAddress, let user = try user(plus.user, in: domain.id) {
      guard try value(Settings.plusAddressing, for: .user(user.id)) else { return .unknown }
      return try recipient(
        user, domain, folder: plus.detail, via: RouteStep(.plus, address(local, domain)))
    }
    let isRole = ["postmaster", "abuse"].contains(local.description)
    guard isRole, let id = domain.administrator, let user = try user(id) else { return .unknown }
    return try recipient(
      user, domain, folder: nil, via: RouteStep(.role, address(local, domain)))
  }

  /// Where mail for `postmaster` without a domain goes: the administrator of the domain that is
  /// named like the host, else of the first domain. RFC 5321 §4.5.1
  public func resolvePostmaster() throws -> Resolution {
    let host = try value(Settings.hostName, for: .system)
    let domains = try domains()
    let first = domains.min { $0.position < $1.position }
    guard let domain = domains.first(where: { $0.name?.text == host }) ?? first,
      let name = domain.name
    else { return .unknown }
    return try resolve(Array("postmaster".utf8), domain: name.text)
  }

  private func recipient(
    _ user: User, _ domain: Domain, folder: String?, via: RouteStep?
  ) throws -> Resolution {
    guard !user.isDeleted else { return .unknown }
    guard try !value(Settings.domainDisabled, for: .domain(domain.id)),
      try !value(Settings.userDisabled, for: .user(user.id))
    else { return .disabled }
    let inbox = try mailbox(named: .inbox, of: user.id)
    guard let mailbox = try folder.flatMap({ try mailbox(folder: $0, of: user.id) }) ?? inbox else {
      return .unknown
    }
    return .user(
      LocalRecipient(
        user: user.id, domain: domain.id, mailbox: mailbox.id, via: via.map { [$0] } ?? []))
  }

  /// The canonical form of an address, as the steps of a route tell it.
  private func address(_ local: LocalPart, _ domain: Domain) -> [UInt8] {
    local.bytes + [UInt8(ascii: "@")] + Array((domain.name?.text ?? "").utf8)
  }

  /// The mailbox that a plus-address names; case does not matter there.
  private func mailbox(folder: String, of user: UserID) throws -> Mailbox? {
    guard !folder.isEmpty else { return nil }
    let name: MailboxName
    do { name = try MailboxName(folder) } catch { return nil }
    if let mailbox = try mailbox(named: name, of: user) { return mailbox }
    return try mailboxes(of: user).first { $0.name?.text.lowercased() == name.text.lowercased() }
  }
}
