/// A selected mailbox as one session numbers it.
struct MailboxView: Sendable {
  var uids = UIDList()
}
