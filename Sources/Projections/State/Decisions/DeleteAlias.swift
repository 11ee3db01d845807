import Events
import Ledger

/// Deletes an alias; its address is free.
public struct DeleteAlias: Decision {
  public typealias View = StateView

  public let alias: AliasID

  public init(_ alias: AliasID) { self.alias = alias }

  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Void> {
    let alias = try view.existingAlias(alias)
    try view.requireAdministrator(moment.origin.actor, of: alias.domain, "deleting an alias")
    return Outcome(
      drafts: [Draft(.aliasDeleted(AliasDeleted(alias: alias.id)), domain: alias.domain)])
  }
}
