import Events
import Ledger
import Platform

/// Adds a user with the mailboxes every user begins with.
public struct AddUser: Decision {
  public typealias View = StateView

  public let domain: DomainID
  public let user: NewUser
  public let isAdministrator: Bool

  public init(_ user: NewUser, to domain: DomainID, isAdministrator: Bool = false) {
    self.domain = domain
    self.user = user
    self.isAdministrator = isAdministrator
  }

  /// Refuses an address that is taken or that a present one could be mistaken for, a domain that is
  /// full (`limit.users`), and who does not administer the domain.
  public func decide(
    _ view: borrowing StateView, _ moment: Moment
  ) throws -> Outcome<UserID> {
    try view.requireAdministrator(moment.origin.actor, of: domain, "adding a user")
    _ = try view.existingDomain(domain)
    try view.requireFree(user.localPart, in: domain)
    let limit = try view.value(Settings.users, for: .domain(domain))
    let used = try view.use(of: domain).users
    guard limit == 0 || Int(used) < limit else {
      throw Refusal.limitReached(
        setting: Settings.users.key, limit: UInt64(limit), used: UInt64(used))
    }
    var slots = SlotPlan(moment)
    let takesCRAM = try view.value(Settings.cramMD5, for: .domain(domain))
    let drafts = user.drafts(
      in: domain, isAdministrator: isAdministrator, takesCRAM: takesCRAM, moment, &slots)
    return Outcome(drafts: drafts, slots: slots.slots, answer: user.id)
  }
}
