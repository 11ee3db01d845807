import Events
import Ledger

/// Takes a further name from a domain; it is free.
public struct DeleteDomainAlias: Decision {
  public typealias View = StateView

  public let domain: DomainID
  public let alias: AliasID

  public init(_ alias: AliasID, of domain: DomainID) {
    self.domain = domain
    self.alias = alias
  }

  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Void> {
    _ = try view.existingDomain(domain)
    try view.requireAdministrator(moment.origin.actor, of: domain, "deleting a domain alias")
    guard try view.domainAliases(of: domain).contains(where: { $0.id == alias }) else {
      throw Refusal.notFound(what: "the domain alias")
    }
    return Outcome(
      drafts: [Draft(.domainAliasDeleted(DomainAliasDeleted(alias: alias)), domain: domain)])
  }
}
