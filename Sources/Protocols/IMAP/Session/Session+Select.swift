import Events
import State

extension Session {
  /// Opens a mailbox and tells the client what it is like. RFC 3501 §6.3.1
  ///
  /// Whatever was selected before is left first, also where this fails.
  func select(_ argument: MailboxArgument, isReadOnly: Bool) async throws -> Reply {
    leaveMailbox()
    let mailbox = try self.mailbox(argument)
    let opened = try await open(mailbox.id, isReadOnly: isReadOnly)
    view = opened.view
    dialogue.selected()
    say { $0.selected(opened) }
    return .ok(
      isReadOnly ? "Opened to look" : "Opened", .plain(isReadOnly ? .readOnly : .readWrite))
  }

  /// What SELECT answers with.
  struct Opened: Sendable {
    let view: MailboxView
    let uidNext: UID
    /// The number of the first message that is not \Seen.
    let firstUnseen: UInt32?
  }

  private func open(_ id: MailboxID, isReadOnly: Bool) async throws -> Opened {
    let size = try service.node.state.read { try $0.mailbox(id)?.messages ?? 0 }
    return try await service.read(rows: size) { [service] state in
      try service.open(id, isReadOnly: isReadOnly, in: state)
    }
  }
}

extension IMAPService {
  /// Reads a mailbox as a session first sees it, in one transaction.
  func open(
    _ id: MailboxID, isReadOnly: Bool, in state: borrowing StateView
  ) throws -> Session.Opened {
    guard let mailbox = try state.mailbox(id), !mailbox.isDeleted else {
      throw CommandRefused.noMailbox
    }
    let shared = selected.of(id)
    let uids = try shared.list(at: mailbox.highestModseq) ?? list(of: mailbox, shared, in: state)
    let firstUnseen = try state.firstUnseen(in: id).flatMap { uids.number(of: $0.rawValue) }
    let floor = try recents.floor(of: mailbox, in: state, claims: !isReadOnly)
    let recent = floor < .max ? uids.intersection([floor + 1 ... .max]) : []
    let view = MailboxView(
      mailbox: id, uidValidity: mailbox.uidValidity, isReadOnly: isReadOnly, uids: uids,
      recent: UIDList(recent), keywords: try state.keywords(in: id),
      seen: mailbox.highestModseq, shared: shared)
    return Session.Opened(view: view, uidNext: mailbox.uidNext, firstUnseen: firstUnseen)
  }

  private func list(
    of mailbox: Mailbox, _ shared: SharedUIDs, in state: borrowing StateView
  ) throws -> UIDList {
    var uids = UIDList()
    try state.eachUID(in: mailbox.id) { uids.append($0.rawValue) }
    return shared.share(uids, at: mailbox.highestModseq)
  }
}

extension ResponseWriter {
  /// The untagged responses of SELECT and EXAMINE. RFC 3501 §6.3.1
  mutating func selected(_ opened: Session.Opened) {
    let view = opened.view
    flagsOf(view)
    exists(view.uids.count)
    recent(view.recent.count)
    if let number = opened.firstUnseen { information(.unseen(number), "The first unseen message") }
    information(.uidValidity(view.uidValidity), "UIDs are valid")
    information(.uidNext(opened.uidNext.rawValue), "The next UID")
  }

  /// The flags there are in the mailbox, and those that can be kept. RFC 3501 §7.1, §7.2.6
  mutating func flagsOf(_ view: MailboxView) {
    var flags = FlagList(system: .permanent, keywords: view.keywords.map(\.text))
    flags.keywords.removeAll(where: \.isEmpty)
    raw("* FLAGS ")
    self.flags(flags)
    endLine()
    if view.isReadOnly {
      flags = FlagList()
    } else if view.keywords.count < DecisionLimits.keywords {
      flags.system.insert(.anyKeyword)
    }
    information(.permanentFlags(flags), "Flags that are kept")
  }

  mutating func exists(_ count: UInt32) {
    raw("* ")
    number(count)
    raw(" EXISTS\r\n")
  }

  mutating func recent(_ count: UInt32) {
    raw("* ")
    number(count)
    raw(" RECENT\r\n")
  }
}
