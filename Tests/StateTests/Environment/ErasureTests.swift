import Events
import Ledger
import Platform
import TestKit
import Testing

@testable import State

/// Folds get values or `erased`, never an exception; unknown and redacted events change nothing.
@Suite struct ErasureTests {
  private func fold(_ events: [Event], into state: StateEnvironment) throws {
    try state.begin()
    for (index, event) in events.enumerated() {
      let header = EventHeader(
        position: Position(UInt64(index) + 1), time: Timestamp(seconds: 1), type: event.type,
        id: EventID(rawValue: ID(high: 1, low: UInt64(index))),
        domain: DomainID(rawValue: ID(high: 5, low: 1)),
        contents: [ContentID(rawValue: ID(high: 6, low: UInt64(index)))])
      try state.fold(Recorded(header: header, event: event))
    }
    try state.commit(
      checkpoint: StateCheckpoint(
        log: .zero, position: Position(UInt64(events.count)), root: .zero))
  }

  @Test func erasedNamesAreNotFoundAndNothingFails() throws {
    let domain = DomainID(rawValue: ID(high: 5, low: 1))
    let user = UserID(rawValue: ID(high: 5, low: 2))
    let mailbox = MailboxID(rawValue: ID(high: 5, low: 3))
    var domainAdded = DomainAdded(key: Slot(3), domain: domain, name: nil)
    domainAdded.name = .erased
    var userAdded = UserAdded(
      key: Slot(4), user: user, verifier: Slot(5), isAdministrator: true, localPart: nil,
      displayName: nil)
    userAdded.localPart = .erased
    userAdded.displayName = .erased
    var created = MailboxCreated(use: "", user: user, mailbox: mailbox, uidValidity: 1, name: nil)
    created.name = .erased
    var accepted = MessageAccepted(
      body: "", size: 10, isUTF8: false, sha256: .zero, message: MessageID(rawValue: .zero),
      service: "smtp", transport: "ESMTP", recipientCount: 1, dsn: nil, helo: nil, client: nil,
      sender: nil, envelope: nil, structure: nil, recipients: nil)
    accepted.envelope = .erased
    accepted.structure = .erased
    var filed = MessageFiled(
      uid: .first, size: 20, flags: [], origin: Position(4), mailbox: mailbox,
      message: MessageID(rawValue: .zero), keywords: [Keyword(0), Keyword(99)],
      internalDate: .zero, prefix: nil, address: nil)
    filed.prefix = .erased
    var keyword = MailboxKeywordAdded(
      user: user, keyword: Keyword(0), mailbox: mailbox, name: nil)
    keyword.name = .erased
    var setting = SettingChanged(
      user: user, scope: .user, changes: [], secrets: [], personalChanges: nil)
    setting.personalChanges = .erased
    let scratch = try ScratchDirectory()
    let state = try StateEnvironment(scratch.path("state"), isWriter: true)
    try fold(
      [
        .domainAdded(domainAdded), .userAdded(userAdded), .mailboxCreated(created),
        .messageAccepted(accepted), .messageFiled(filed), .mailboxKeywordAdded(keyword),
        .settingChanged(setting), .redacted, .unknown(EventType("later.thing", version: 7)),
      ], into: state)
    try state.read { view in
      check(try view.domains().count, 0)
      check(try view.domain(domain)?.name, nil)
      check(try view.user(user)?.localPart, nil)
      check(try view.mailboxes(of: user).count, 0)
      check(try view.mailbox(mailbox)?.messages, 1)
      let row = try view.message(.first, in: mailbox)!
      check(row.flagSet(keywords: try view.keywords(in: mailbox)), FlagSet())
      check(try view.prefix(of: row), [])
      check(try view.content(Position(4))?.envelope, nil)
    }
  }

  /// A fold is given whatever is in the journal; events about things that are not there do nothing.
  @Test func eventsAboutNothingChangeNothing() throws {
    let scratch = try ScratchDirectory()
    let state = try StateEnvironment(scratch.path("state"), isWriter: true)
    let empty = try state.digest()
    let mailbox = MailboxID(rawValue: ID(high: 9, low: 9))
    let user = UserID(rawValue: ID(high: 9, low: 8))
    let all = UIDSet(.first ... .last)
    try fold(
      [
        .userDeleted(UserDeleted(user: user)),
        .userPasswordChanged(UserPasswordChanged(user: user, replaced: .zero, verifier: .zero)),
        .mailboxDeleted(MailboxDeleted(user: user, mailbox: mailbox)),
        .mailboxRenamed(MailboxRenamed(user: user, mailbox: mailbox, name: "x")),
        .mailboxSubscribed(MailboxSubscribed(user: user, isSubscribed: true, name: "x")),
        .messageFlagsChanged(
          MessageFlagsChanged(mode: .add, uids: all, flags: .seen, mailbox: mailbox, keywords: [])),
        .messageExpunged(MessageExpunged(uids: all, reason: "", mailbox: mailbox)),
        .messageCopied(
          MessageCopied(
            to: mailbox, from: mailbox, uids: all, isMove: true, source: all, keywords: [])),
        .sessionSignedIn(
          SessionSignedIn(user: user, service: "imap", mechanism: "PLAIN", client: nil)),
        .domainDeleted(DomainDeleted(domain: DomainID(rawValue: .zero))),
      ], into: state)
    check(try state.digest(), empty)
  }
}
