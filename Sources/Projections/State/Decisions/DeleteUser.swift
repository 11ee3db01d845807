import Events
import Ledger

/// Deletes a user: address and password are gone at once, the mailboxes are emptied by
/// `PurgeDeleted`, also after a restart.
public struct DeleteUser: Decision {
  public typealias View = StateView

  public let user: UserID

  public init(_ user: UserID) { self.user = user }

  public var freesSpace: Bool { true }

  /// Refuses to delete the domain's only administrator.
  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Void> {
    let user = try view.existingUser(user)
    try view.requireAdministrator(moment.origin.actor, of: user.domain, "deleting a user")
    let isLast =
      try user.isAdministrator
      && !view.users(in: user.domain).contains {
        $0.isAdministrator && $0.id != user.id
      }
    guard !isLast else { throw Refusal.inUse(what: "the domain's only administrator") }
    let deleted = UserDeleted(user: user.id)
    return Outcome(
      drafts: [Draft(.userDeleted(deleted), domain: user.domain)],
      destroyed: [user.verifier] + (user.cram.map { [$0] } ?? []))
  }
}
