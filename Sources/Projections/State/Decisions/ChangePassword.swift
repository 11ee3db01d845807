import Events
import Ledger

/// Sets a user's password: a new verifier, the old one destroyed. A CRAM-MD5 context of the old
/// password goes with it; a new one is kept where the domain allows CRAM-MD5.
public struct ChangePassword: Decision {
  public typealias View = StateView

  public let user: UserID
  let verifier: [UInt8]
  let cram: [UInt8]?

  /// - Parameters:
  ///   - verifier: of the new password, as Authentication codes it.
  ///   - cram: the CRAM-MD5 context of the new password.
  public init(_ user: UserID, verifier: [UInt8], cram: [UInt8]? = nil) {
    self.user = user
    self.verifier = verifier
    self.cram = cram
  }

  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Void> {
    let user = try view.existingUser(user)
    guard try view.authority(of: moment.origin.actor).isOrAdministers(user) else {
      throw Refusal.forbidden(what: "changing the password")
    }
    guard !verifier.isEmpty else { throw Refusal.invalid(what: "password", why: "it is empty") }
    var slots = SlotPlan(moment)
    let slot = slots.secret(of: user.id.rawValue, verifier)
    let changed = UserPasswordChanged(user: user.id, replaced: user.verifier, verifier: slot)
    var drafts = [Draft(.userPasswordChanged(changed), domain: user.domain)]
    var destroyed = [user.verifier]
    let isAllowed = try view.value(Settings.cramMD5, for: .domain(user.domain))
    let context = isAllowed ? cram.map { slots.secret(of: user.id.rawValue, $0) } : nil
    if context != nil || user.cram != nil {
      let changed = UserCRAMChanged(user: user.id, context: context, replaced: user.cram)
      drafts.append(Draft(.userCRAMChanged(changed), domain: user.domain))
      destroyed += user.cram.map { [$0] } ?? []
    }
    return Outcome(drafts: drafts, slots: slots.slots, destroyed: destroyed)
  }
}
