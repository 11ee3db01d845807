import Events
import Ledger

/// Deletes a domain: nobody signs in or is reached there any more, and the name is free. Its data
/// stays until its retention ends.
public struct DeleteDomain: Decision {
  public typealias View = StateView

  public let domain: DomainID

  public init(_ domain: DomainID) { self.domain = domain }

  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Void> {
    try view.requireSystem(moment.origin.actor, "deleting a domain")
    _ = try view.existingDomain(domain)
    let deleted = DomainDeleted(domain: domain)
    return Outcome(drafts: [Draft(.domainDeleted(deleted), domain: domain)])
  }
}
