import Events
import Ledger
import Platform
import TestKit

@testable import State

/// A domain with an administrator and a user: what most tests begin with.
struct Town {
  let bench: Bench
  let domain: DomainID
  let admin: UserID
  let bob: UserID
  let inbox: MailboxID
  let archive: MailboxID

  init() throws {
    bench = try Bench()
    let created = try bench.perform(bench.creation("a.test"))
    domain = created.domain
    admin = created.administrator
    bob = try bench.perform(AddUser(bench.newUser("bob"), to: domain))
    let bob = bob
    (inbox, archive) = try bench.read { view in
      (
        try view.mailbox(named: .inbox, of: bob)!.id,
        try view.mailbox(named: MailboxName("Archive"), of: bob)!.id
      )
    }
  }

  var asBob: ActorID { .user(bob) }

  func recipient(_ user: UserID? = nil) throws -> LocalRecipient {
    let user = user ?? bob
    return try bench.read { view in
      LocalRecipient(
        user: user, domain: domain, mailbox: try view.mailbox(named: .inbox, of: user)!.id,
        via: [])
    }
  }

  /// Files a message of `size` octets in Bob's inbox, as SMTP does.
  @discardableResult
  func deliver(
    _ size: UInt64 = 1_000, to users: [UserID]? = nil,
    _ shortfall: AcceptMessage.Shortfall = .refuseAll
  ) throws -> AcceptMessage.Accepted {
    try bench.perform(bench.acceptance(size, try (users ?? [bob]).map(recipient), shortfall))
  }

  /// Appends messages to one of Bob's mailboxes, as IMAP does.
  func append(
    _ count: Int, to mailbox: MailboxID? = nil, flags: FlagSet = FlagSet(), size: UInt64 = 100
  ) throws {
    for _ in 0..<count {
      try bench.perform(
        AppendMessage(
          bench.parcel(size), user: bob, mailbox: mailbox ?? inbox, flags: flags), as: asBob)
    }
  }

  func mailbox(_ id: MailboxID? = nil) throws -> Mailbox? {
    try bench.read { try $0.mailbox(id ?? inbox) }
  }

  func rows(_ id: MailboxID? = nil) throws -> [UID: MessageRow] {
    try bench.read { view in
      var rows: [UID: MessageRow] = [:]
      try view.messages(in: id ?? inbox) { uid, row in
        rows[uid] = row
        return true
      }
      return rows
    }
  }

  func set(_ target: SettingTarget, _ key: String, _ value: String?) throws {
    try bench.perform(ChangeSettings(target, [.init(key, value)]))
  }
}

extension Bench {
  func newUser(_ name: String) throws -> NewUser {
    try NewUser(localPart: name, verifier: [1, 2, 3], cram: [4, 5], entropy: entropy, at: now)
  }

  func creation(_ name: String) throws -> CreateDomain {
    CreateDomain(
      try DomainName(name), administrator: try newUser("admin"), entropy: entropy, at: now)
  }

  func parcel(_ size: UInt64) -> MessageParcel {
    MessageParcel(
      message: MessageID(rawValue: entropy.id()), content: ContentID(rawValue: entropy.id()),
      key: entropy.key(), size: size, sha256: SHA256.digest([1]), travels: true,
      envelope: EncodedEnvelope(stored: [0xA0]), structure: EncodedStructure(stored: [0xA1]))
  }

  func acceptance(
    _ size: UInt64, _ recipients: [LocalRecipient], _ shortfall: AcceptMessage.Shortfall
  ) -> AcceptMessage {
    AcceptMessage(
      parcel(size),
      MailTransaction(
        service: "smtp", transport: "ESMTP", sender: Array("x@y.test".utf8), client: "192.0.2.1",
        helo: Array("y.test".utf8)),
      targets: recipients.map { AcceptMessage.Target($0, address: Array("bob@a.test".utf8)) },
      shortfall: shortfall)
  }
}
