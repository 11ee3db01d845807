import Events
import Ledger
import Platform

/// Adds an address that stands for others. SPEC §3
public struct AddAlias: Decision {
  public typealias View = StateView

  public let domain: DomainID
  public let alias: AliasID
  public let localPart: LocalPart
  public let targets: AliasTargets
  public let isGreylisted: Bool

  /// - Parameter localPart: made by `LocalPart.registering`.
  public init(
    _ localPart: LocalPart, targets: AliasTargets, isGreylisted: Bool = true,
    in domain: DomainID, entropy: some Entropy, at time: Timestamp
  ) {
    self.domain = domain
    alias = AliasID(rawValue: entropy.timedID(at: time))
    self.localPart = localPart
    self.targets = targets
    self.isGreylisted = isGreylisted
  }

  /// Refuses an address that is taken or that a present one could be mistaken for, a domain that is
  /// full (`limit.user_aliases`), and who does not administer the domain.
  public func decide(
    _ view: borrowing StateView, _ moment: Moment
  ) throws -> Outcome<AliasID> {
    try view.requireAdministrator(moment.origin.actor, of: domain, "adding an alias")
    let key = try view.key(of: domain)
    try view.requireFree(localPart, in: domain)
    let limit = try view.value(Settings.userAliases, for: .domain(domain))
    let used = try view.use(of: domain).aliases
    guard limit == 0 || Int(used) < limit else {
      throw Refusal.limitReached(
        setting: Settings.userAliases.key, limit: UInt64(limit), used: UInt64(used))
    }
    let added = AliasAdded(
      alias: alias, isGreylisted: isGreylisted, targets: targets.addresses,
      localPart: localPart.description)
    return Outcome(
      drafts: [Draft(.aliasAdded(added), domain: domain, seal: .slot(key))], answer: alias)
  }
}

extension StateView {
  /// Refuses an address that somebody has, or that looks like one that somebody has.
  func requireFree(_ localPart: LocalPart, in domain: DomainID) throws {
    guard try target(localPart, in: domain) == nil else {
      throw Refusal.alreadyExists(what: "the address \(localPart)")
    }
    if let twin = localPart.lookalike, try target(twin, in: domain) != nil {
      throw Refusal.conflict(what: "the address \(localPart), which looks like \(twin),")
    }
  }

  /// The alias, for whom it exists.
  func existingAlias(_ id: AliasID) throws -> Alias {
    guard let alias = try alias(id), try domain(alias.domain)?.isDeleted == false else {
      throw Refusal.notFound(what: "the alias")
    }
    return alias
  }
}
