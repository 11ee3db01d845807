import Events
import Ledger
import Platform

/// Gives a domain a further name for the same mailboxes. SPEC §3
public struct AddDomainAlias: Decision {
  public typealias View = StateView

  public let domain: DomainID
  public let alias: AliasID
  public let name: DomainName

  public init(
    _ name: DomainName, for domain: DomainID, entropy: some Entropy, at time: Timestamp
  ) {
    self.domain = domain
    alias = AliasID(rawValue: entropy.timedID(at: time))
    self.name = name
  }

  /// Refuses a name that is taken, a domain without the feature or that is full
  /// (`limit.domain_aliases`), and who does not administer the domain.
  public func decide(
    _ view: borrowing StateView, _ moment: Moment
  ) throws -> Outcome<AliasID> {
    try view.requireAdministrator(moment.origin.actor, of: domain, "adding a domain alias")
    let key = try view.key(of: domain)
    guard try view.value(Settings.domainAliasesFeature, for: .domain(domain)) else {
      throw Refusal.disabled(what: "domain aliases")
    }
    guard try view.domain(named: name) == nil else {
      throw Refusal.alreadyExists(what: "the domain \(name)")
    }
    let limit = try view.value(Settings.domainAliases, for: .domain(domain))
    let used = try view.use(of: domain).domainAliases
    guard limit == 0 || Int(used) < limit else {
      throw Refusal.limitReached(
        setting: Settings.domainAliases.key, limit: UInt64(limit), used: UInt64(used))
    }
    let added = DomainAliasAdded(alias: alias, name: name.text)
    return Outcome(
      drafts: [Draft(.domainAliasAdded(added), domain: domain, seal: .slot(key))], answer: alias)
  }
}
