import Events

/// Follows an address through aliases and forwards to whom it reaches, each once.
///
/// An alias that is met again is not followed again, and the depth is bounded, so it ends whatever
/// the aliases lead to. RFC 5321 §6.3
struct Router {
  /// Steps from the address to a user, at most.
  static let deepest = 10
  /// Users and addresses that one address reaches, at most.
  static let most = 1_000

  private var route = Route()
  private var users: Set<UserID> = []
  private var followed: Set<AliasID> = []
  private var addresses: Set<[UInt8]> = []
  /// Whether an alias led back to one before it, or too far.
  private var isCircular = false
  private var isDisabled = false

  /// Who answers for mail that leaves: the domain of an alias, or a user who passes mail on.
  private struct Answerer {
    let domain: DomainID
    var user: UserID?
  }

  private var count: Int { route.locals.count + route.remotes.count }

  var resolution: Resolution {
    if !route.isEmpty { return .routed(route) }
    if isDisabled { return .disabled }
    return isCircular ? .circular : .unknown
  }

  /// Follows one address. `name` is the domain's name as it was used.
  mutating func follow(
    _ local: LocalPart, _ domain: Domain, named name: String, via: [RouteStep],
    _ view: borrowing StateView
  ) throws {
    guard via.count < Self.deepest, count < Self.most else {
      isCircular = true
      return
    }
    var via = via
    if !domain.isNamed(name) {
      via.append(RouteStep(.domainAlias, Self.address(local, name.lowercased())))
    }
    switch try view.target(local, in: domain.id) {
    case .user(let user)?: try reach(user, domain, via: via, view)
    case .alias(let alias)?: try follow(alias, local, domain, via: via, view)
    case nil: try followUnknown(local, domain, via: via, view)
    }
  }

  /// A user: the mailbox, and where the user passes mail on to.
  ///
  /// Who keeps no copy gets one all the same where passing on leads nowhere, as in a ring of users
  /// who pass on to each other: no rule of a user loses mail.
  mutating func reach(
    _ id: UserID, _ domain: Domain, folder: String? = nil, via: [RouteStep],
    _ view: borrowing StateView
  ) throws {
    guard users.insert(id).inserted else { return }
    guard let recipient = try view.inbox(of: id, domain, folder: folder, via: via) else {
      if try view.refusal(of: id, domain) == .disabled { isDisabled = true }
      return
    }
    let targets = try view.value(Settings.forwardTargets, for: .user(id))
    if targets.isEmpty { return route.locals.append(recipient) }
    let isKept = try !view.value(Settings.forwardDeletes, for: .user(id))
    if isKept { route.locals.append(recipient) }
    let before = count
    let own = try view.user(id)?.localPart.map { Self.address($0, domain.name?.text ?? "") } ?? []
    for target in targets {
      try follow(
        target, Answerer(domain: domain.id, user: id), via: via + [RouteStep(.forward, own)], view)
    }
    if !isKept, count == before { route.locals.append(recipient) }
  }

  private mutating func follow(
    _ id: AliasID, _ local: LocalPart, _ domain: Domain, via: [RouteStep],
    _ view: borrowing StateView
  ) throws {
    guard followed.insert(id).inserted else {
      isCircular = true
      return
    }
    guard let alias = try view.alias(id) else { return }
    guard try !view.value(Settings.domainDisabled, for: .domain(domain.id)) else {
      isDisabled = true
      return
    }
    if !alias.isGreylisted { route.hasUngreylistedAlias = true }
    let via = via + [RouteStep(.alias, Self.address(local, domain.name?.text ?? ""))]
    for target in alias.targets {
      try follow(target, Answerer(domain: domain.id), via: via, view)
    }
  }

  /// A target of an alias or of a user: a full address, here or elsewhere.
  private mutating func follow(
    _ target: String, _ answerer: Answerer, via: [RouteStep], _ view: borrowing StateView
  ) throws {
    guard let at = target.lastIndex(of: "@"), let local = LocalPart(String(target[..<at])) else {
      return
    }
    let name = String(target[target.index(after: at)...])
    if let domain = try view.domain(named: name) {
      return try follow(local, domain, named: name, via: via, view)
    }
    guard via.count < Self.deepest, count < Self.most else {
      isCircular = true
      return
    }
    let address = Array(target.utf8)
    guard addresses.insert(address).inserted else { return }
    route.remotes.append(
      RemoteRecipient(address, domain: answerer.domain, user: answerer.user, via: via))
  }

  /// Nobody has the very address: a plus-address, a role, or the catch-all.
  private mutating func followUnknown(
    _ local: LocalPart, _ domain: Domain, via: [RouteStep], _ view: borrowing StateView
  ) throws {
    let address = Self.address(local, domain.name?.text ?? "")
    if let plus = local.plusAddress, let user = try view.user(plus.user, in: domain.id),
      try view.value(Settings.plusAddressing, for: .user(user.id))
    {
      return try reach(
        user.id, domain, folder: plus.detail, via: via + [RouteStep(.plus, address)], view)
    }
    if ["postmaster", "abuse"].contains(local.description), let administrator = domain.administrator
    {
      return try reach(administrator, domain, via: via + [RouteStep(.role, address)], view)
    }
    guard !via.contains(where: { $0.kind == .catchAll }),
      let taker = try view.catchAll(of: domain.id)
    else { return }
    try follow(
      taker, domain, named: domain.name?.text ?? "", via: via + [RouteStep(.catchAll, address)],
      view)
  }

  /// The canonical form of an address, as the steps of a route tell it.
  private static func address(_ local: LocalPart, _ domain: String) -> [UInt8] {
    local.bytes + [UInt8(ascii: "@")] + Array(domain.utf8)
  }
}

extension StateView {
  /// The address that takes mail for addresses that nobody has.
  fileprivate func catchAll(of domain: DomainID) throws -> LocalPart? {
    guard try value(Settings.catchAllsFeature, for: .domain(domain)) else { return nil }
    let text = try value(Settings.catchAll, for: .domain(domain))
    return text.isEmpty ? nil : LocalPart(text)
  }
}

extension Domain {
  /// Whether `name` is the domain's own name and not another one.
  func isNamed(_ name: String) -> Bool {
    guard let own = self.name?.text else { return false }
    if own == name { return true }
    do { return try DomainName(name).text == own } catch { return false }
  }
}
