import Events
import Ledger

/// Gives an alias other targets, or another greylisting.
public struct ChangeAlias: Decision {
  public typealias View = StateView

  public let alias: AliasID
  /// Nil leaves them.
  public let targets: AliasTargets?
  public let isGreylisted: Bool?

  public init(_ alias: AliasID, targets: AliasTargets? = nil, isGreylisted: Bool? = nil) {
    self.alias = alias
    self.targets = targets
    self.isGreylisted = isGreylisted
  }

  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Void> {
    let alias = try view.existingAlias(alias)
    try view.requireAdministrator(moment.origin.actor, of: alias.domain, "changing an alias")
    let (wanted, isGreylisted) = (
      targets?.addresses ?? alias.targets, isGreylisted ?? alias.isGreylisted
    )
    guard wanted != alias.targets || isGreylisted != alias.isGreylisted else {
      return Outcome(drafts: [])
    }
    let changed = AliasChanged(alias: alias.id, isGreylisted: isGreylisted, targets: wanted)
    let key = try view.key(of: alias.domain)
    return Outcome(
      drafts: [Draft(.aliasChanged(changed), domain: alias.domain, seal: .slot(key))])
  }
}
