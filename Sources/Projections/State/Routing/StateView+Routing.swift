import Events

extension StateView {
  /// Where mail for `localPart@domain` goes, both as the client gave them.
  ///
  /// A user's own address and aliases come first, then `user+folder` (the folder where it exists,
  /// else the inbox), then `postmaster` and `abuse`, which reach the domain administrator, and last
  /// the domain's catch-all. RFC 5321 §4.5.1, RFC 2142 §4
  public func resolve(_ localPart: [UInt8], domain name: String) throws -> Resolution {
    guard let domain = try domain(named: name) else { return .foreign }
    guard let local = LocalPart(localPart) else { return .unknown }
    var router = Router()
    if case .user(let id)? = try target(local, in: domain.id), domain.isNamed(name) {
      // By far most mail: nothing to follow.
      try router.reach(id, domain, via: [], self)
    } else {
      try router.follow(local, domain, named: name, via: [], self)
    }
    return router.resolution
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

  /// Why a user gets nothing.
  func refusal(of id: UserID, _ domain: Domain) throws -> Resolution {
    guard let user = try user(id), !user.isDeleted else { return .unknown }
    return try receives(user, domain) ? .unknown : .disabled
  }

  /// Whether neither the user nor the domain is switched off.
  func receives(_ user: User, _ domain: Domain) throws -> Bool {
    guard try !value(Settings.domainDisabled, for: .domain(domain.id)) else { return false }
    return try !value(Settings.userDisabled, for: .user(user.id))
  }

  /// The user's inbox, or the folder that a plus-address names; nil where they get no mail.
  func inbox(
    of id: UserID, _ domain: Domain, folder: String? = nil, via: [RouteStep]
  ) throws -> LocalRecipient? {
    guard let user = try user(id), !user.isDeleted, try receives(user, domain) else { return nil }
    let named = try folder.flatMap { try mailbox(folder: $0, of: id) }
    guard let mailbox = try named ?? mailbox(named: .inbox, of: id) else { return nil }
    return LocalRecipient(user: id, domain: domain.id, mailbox: mailbox.id, via: via)
  }

  /// The address under which a user here gets a message that waits: their own, or the plus-address
  /// that names the folder. Aliases and forwards behind it have been followed.
  func ownAddress(of recipient: LocalRecipient) throws -> [UInt8]? {
    if let plus = recipient.via.last, plus.kind == .plus { return plus.address }
    guard let local = try user(recipient.user)?.localPart,
      let domain = try domain(recipient.domain)?.name
    else { return nil }
    return local.bytes + Array("@\(domain.text)".utf8)
  }

  /// Whose own address it is, without following what they pass on; nil where nobody has it.
  func owner(of address: [UInt8]) throws -> LocalRecipient? {
    guard let at = address.lastIndex(of: UInt8(ascii: "@")),
      let local = LocalPart(Array(address[..<at])),
      let domain = try domain(named: String(decoding: address[(at + 1)...], as: UTF8.self))
    else { return nil }
    if case .user(let id)? = try target(local, in: domain.id) {
      return try inbox(of: id, domain, via: [])
    }
    guard let plus = local.plusAddress, let user = try user(plus.user, in: domain.id) else {
      return nil
    }
    return try inbox(of: user.id, domain, folder: plus.detail, via: [])
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
