import Events
import Ledger

/// Puts a mailbox name on the user's list or takes it off. RFC 3501 §6.3.6, §6.3.7
public struct SetSubscription: Decision {
  public typealias View = StateView

  public let user: UserID
  public let name: MailboxName
  public let isSubscribed: Bool

  public init(user: UserID, name: MailboxName, isSubscribed: Bool) {
    self.user = user
    self.name = name
    self.isSubscribed = isSubscribed
  }

  /// Refuses to subscribe to a name that no mailbox has; unsubscribing from any name is fine.
  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Void> {
    let user = try view.existingUser(user)
    guard try view.isSubscribed(name, user.id) != isSubscribed else { return Outcome(drafts: []) }
    if isSubscribed {
      guard try view.mailbox(named: name, of: user.id) != nil else {
        throw Refusal.notFound(what: "the mailbox")
      }
      let count = try view.subscriptions(of: user.id).count
      let limit = Int(DecisionLimits.mailboxes)
      guard count < limit else {
        throw Refusal.limitReached(
          setting: "subscriptions of the user", limit: UInt64(limit), used: UInt64(count))
      }
    }
    let subscribed = MailboxSubscribed(
      user: user.id, isSubscribed: isSubscribed, name: name.text)
    return Outcome(
      drafts: [Draft(.mailboxSubscribed(subscribed), domain: user.domain, seal: .slot(user.key))])
  }
}
