import Events
import Ledger
import Platform

/// A user to be, with all that is random about them made beforehand.
public struct NewUser: Sendable {
  /// The mailboxes every user begins with. RFC 6154 §2
  public static let mailboxes: [(name: String, use: String)] = [
    ("INBOX", ""), ("Drafts", #"\Drafts"#), ("Sent", #"\Sent"#), ("Junk", #"\Junk"#),
    ("Trash", #"\Trash"#), ("Archive", #"\Archive"#),
  ]

  public let id: UserID
  public let localPart: LocalPart
  public let displayName: String
  let key: Key
  let verifier: [UInt8]
  let cram: [UInt8]?
  let mailboxIDs: [MailboxID]

  /// - Parameters:
  ///   - localPart: what stands before the `@`; refused where it cannot be registered.
  ///   - verifier: of the password, as Authentication codes it.
  ///   - cram: the CRAM-MD5 context of the password; kept only where the domain allows it.
  ///   - time: when; ids are made from it.
  /// - Throws: `Refusal.invalid`.
  public init(
    localPart: String, displayName: String = "", verifier: [UInt8], cram: [UInt8]? = nil,
    entropy: some Entropy, at time: Timestamp
  ) throws(Refusal) {
    self.localPart = try LocalPart.registering(localPart)
    self.displayName = try Settings.displayName.declaration.canonical(displayName)
    guard !verifier.isEmpty else { throw .invalid(what: "password", why: "it is empty") }
    self.verifier = verifier
    self.cram = cram
    id = UserID(rawValue: entropy.timedID(at: time))
    key = entropy.key()
    mailboxIDs = Self.mailboxes.map { _ in MailboxID(rawValue: entropy.timedID(at: time)) }
  }
}

extension NewUser {
  /// The events that make the user, in a domain of which it is known that there is room.
  func drafts(
    in domain: DomainID, isAdministrator: Bool, takesCRAM: Bool, _ moment: Moment,
    _ slots: inout SlotPlan
  ) -> [Draft] {
    let key = slots.key(.user, of: id.rawValue, key)
    let verifier = slots.secret(of: id.rawValue, verifier)
    let added = UserAdded(
      key: key, user: id, verifier: verifier, isAdministrator: isAdministrator,
      localPart: localPart.description, displayName: displayName.isEmpty ? nil : displayName)
    var drafts = [Draft(.userAdded(added), domain: domain, seal: .slot(key))]
    if takesCRAM, let cram {
      let context = slots.secret(of: id.rawValue, cram)
      let changed = UserCRAMChanged(user: id, context: context)
      drafts.append(Draft(.userCRAMChanged(changed), domain: domain))
    }
    let validity = UInt32(clamping: moment.time.seconds)
    for (index, (name, use)) in Self.mailboxes.enumerated() {
      let created = MailboxCreated(
        use: use, user: id, mailbox: mailboxIDs[index],
        uidValidity: max(1, validity &+ UInt32(index)), name: name)
      drafts.append(Draft(.mailboxCreated(created), domain: domain, seal: .slot(key)))
      let subscribed = MailboxSubscribed(user: id, isSubscribed: true, name: name)
      drafts.append(Draft(.mailboxSubscribed(subscribed), domain: domain, seal: .slot(key)))
    }
    return drafts
  }
}
