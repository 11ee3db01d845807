import Events
import Ledger

/// Journals that a user signed in.
public struct RecordSignIn: Decision {
  public typealias View = StateView

  public let user: UserID
  public let service: String
  public let mechanism: String
  /// The IP address.
  public let client: String
  let cram: [UInt8]?

  /// - Parameters:
  ///   - service: such as `imap`; - mechanism: such as `SCRAM-SHA-256`.
  ///   - cram: the CRAM-MD5 context of the password, where it was seen in clear; kept where the
  ///     domain allows CRAM-MD5 and there is none yet.
  public init(
    _ user: UserID, service: String, mechanism: String, client: String, cram: [UInt8]? = nil
  ) {
    self.user = user
    self.service = service
    self.mechanism = mechanism
    self.client = client
    self.cram = cram
  }

  /// Refuses a user who was deleted or disabled since the password was checked.
  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Void> {
    let user = try view.existingUser(user)
    guard try !view.value(Settings.userDisabled, for: .user(user.id)),
      try !view.value(Settings.domainDisabled, for: .domain(user.domain))
    else { throw Refusal.disabled(what: "the user") }
    let signedIn = SessionSignedIn(
      user: user.id, service: service, mechanism: mechanism, client: client)
    var drafts = [Draft(.sessionSignedIn(signedIn), domain: user.domain, seal: .slot(user.key))]
    var slots = SlotPlan(moment)
    if let cram, user.cram == nil, try view.value(Settings.cramMD5, for: .domain(user.domain)) {
      let context = slots.secret(of: user.id.rawValue, cram)
      let changed = UserCRAMChanged(user: user.id, context: context)
      drafts.append(Draft(.userCRAMChanged(changed), domain: user.domain))
    }
    return Outcome(drafts: drafts, slots: slots.slots)
  }
}
