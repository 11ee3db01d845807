import Events

/// Follows an address through aliases to the users it reaches, each once.
///
/// An alias that is met again is not followed again, and the depth is bounded, so it ends whatever
/// the aliases lead to. RFC 5321 §6.3
struct Router {
  /// Steps from the address to a user, at most.
  static let deepest = 10
  /// Users that one address reaches, at most.
  static let most = 1_000

  private var found: [LocalRecipient] = []
  private var users: Set<UserID> = []
  private var followed: Set<AliasID> = []
  /// Whether an alias led back to one before it, or too far.
  private var isCircular = false
  private var isDisabled = false

  var resolution: Resolution {
    if !found.isEmpty { return .local(found) }
    if isDisabled { return .disabled }
    return isCircular ? .circular : .unknown
  }

  /// Follows one address. `name` is the domain's name as it was used.
  mutating func follow(
    _ local: LocalPart, _ domain: Domain, named name: String, via: [RouteStep],
    _ view: borrowing StateView
  ) throws {
    guard via.count < Self.deepest, found.count < Self.most else {
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

  private mutating func reach(
    _ user: UserID, _ domain: Domain, folder: String? = nil, via: [RouteStep],
    _ view: borrowing StateView
  ) throws {
    guard !users.contains(user) else { return }
    guard let recipient = try view.inbox(of: user, domain, folder: folder, via: via) else {
      if try view.refusal(of: user, domain) == .disabled { isDisabled = true }
      return
    }
    users.insert(user)
    found.append(recipient)
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
    let via = via + [RouteStep(.alias, Self.address(local, domain.name?.text ?? ""))]
    for target in alias.targets { try follow(target, via: via, view) }
  }

  /// A target of an alias: a full address.
  private mutating func follow(
    _ target: String, via: [RouteStep], _ view: borrowing StateView
  ) throws {
    guard let at = target.lastIndex(of: "@"), let local = LocalPart(String(target[..<at])) else {
      return
    }
    let name = String(target[target.index(after: at)...])
    guard let domain = try view.domain(named: name) else { return }
    try follow(local, domain, named: name, via: via, view)
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
