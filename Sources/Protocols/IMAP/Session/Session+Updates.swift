import Events
import Network
import State

extension Session {
  /// Tells the client what has changed in the selected mailbox, as far as `policy` allows.
  /// RFC 3501 §5.2, §7
  func update(_ policy: UpdatePolicy) async throws {
    guard policy != .none, dialogue.stage == .selected, let view else { return }
    defer {
      self.view?.told = []
      self.view?.own = []
    }
    guard let changes = try await changes(since: view, withExpunges: policy == .all) else { return }
    guard !changes.isGone else { return sayBye("The mailbox was deleted") }
    try await tell(changes)
  }

  private func changes(
    since view: MailboxView, withExpunges: Bool
  ) async throws -> MailboxChanges? {
    let state = service.node.state
    let mailbox = try state.read { try $0.mailbox(view.mailbox) }
    guard let mailbox, !mailbox.isDeleted else { return MailboxChanges(isGone: true) }
    let hasNews = mailbox.highestModseq > view.seen
    guard hasNews || (withExpunges && mailbox.messages != view.uids.count) else { return nil }
    let newcomers = mailbox.uidNext.rawValue - min(view.uids.last, mailbox.uidNext.rawValue)
    let rows = view.knowsChanges(through: mailbox.changed) ? newcomers : mailbox.messages
    return try await service.read(rows: rows) { [service] state in
      try service.changes(since: view, withExpunges: withExpunges, in: state)
    }
  }

  /// Brings the view up to date, and says so in the order in which numbers stay right.
  private func tell(_ changes: MailboxChanges) async throws {
    guard var view else { return }
    var gone: UInt32 = 0
    for piece in changes.expunged.pieces(of: IMAPService.largestBlock) {
      say { writer in
        for uid in piece.joined() {
          guard let number = view.uids.number(of: uid) else { continue }
          writer.expunged(number - gone)
          gone += 1
        }
      }
      try await connection.drain()
    }
    view.uids.remove(changes.expunged)
    view.recent.remove(changes.expunged)
    for range in changes.added { view.uids.append(range) }
    for range in changes.recent { view.recent.append(range) }
    view.seen = max(view.seen, changes.seen)
    if changes.isWhole, let shared = view.shared {
      view.uids = shared.share(view.uids, at: changes.seen)
    }
    let hasNewKeywords = changes.keywords.map { $0 != view.keywords } ?? false
    if let keywords = changes.keywords { view.keywords = keywords }
    self.view = view
    say { writer in
      if !changes.added.isEmpty {
        writer.exists(view.uids.count)
        writer.recent(view.recent.count)
      }
      if hasNewKeywords { writer.flagsOf(view) }
    }
    try await tellFlags(changes.flags, in: view)
  }

  private func tellFlags(_ changed: [FlagsOfMessage], in view: MailboxView) async throws {
    for start in stride(from: 0, to: changed.count, by: IMAPService.largestBlock) {
      say { writer in
        for message in changed[start...].prefix(IMAPService.largestBlock) {
          writer.flags(of: message, in: view, withUID: false)
        }
      }
      try await connection.drain()
    }
  }
}

extension IMAPService {
  /// What has changed in a mailbox since a session's view of it, in one transaction.
  func changes(
    since view: MailboxView, withExpunges: Bool, in state: borrowing StateView
  ) throws -> MailboxChanges {
    guard let mailbox = try state.mailbox(view.mailbox), !mailbox.isDeleted else {
      return MailboxChanges(isGone: true)
    }
    var changes = try newMessages(since: view, in: mailbox, state)
    let count = view.uids.count + UInt32(clamping: changes.added.total)
    // Where nobody removed or flagged what the client knows, the new messages are all there is.
    if !view.knowsChanges(through: mailbox.changed) || (withExpunges && count != mailbox.messages) {
      try addChanges(to: &changes, since: view, withExpunges: withExpunges, in: state)
    }
    changes.isWhole = withExpunges
    if Int(mailbox.keywords) != view.keywords.count {
      changes.keywords = try state.keywords(in: view.mailbox)
    }
    return changes
  }

  private func newMessages(
    since view: MailboxView, in mailbox: Mailbox, _ state: borrowing StateView
  ) throws -> MailboxChanges {
    var changes = MailboxChanges(seen: mailbox.highestModseq)
    guard view.uids.last < mailbox.uidNext.rawValue - 1 else { return changes }
    var added = UIDList()
    try state.messages(in: view.mailbox, uids: UID(view.uids.last + 1) ... .last) { uid, _ in
      added.append(uid.rawValue)
      return true
    }
    changes.added = added.ranges
    if !added.isEmpty {
      let floor = try recents.floor(of: mailbox, in: state, claims: !view.isReadOnly)
      changes.recent = floor < .max ? added.intersection([floor + 1 ... .max]) : []
    }
    return changes
  }

  /// What happened to the messages of the view, by comparing it with the mailbox.
  private func addChanges(
    to changes: inout MailboxChanges, since view: MailboxView, withExpunges: Bool,
    in state: borrowing StateView
  ) throws {
    let known = view.shared?.comparison(after: view.seen, through: changes.seen)
    let found = try known ?? compare(view, through: changes.seen, in: state)
    if known == nil { view.shared?.keep(found) }
    changes.flags = found.changed.filter { modseq, message in
      message.uid <= view.uids.last && !view.knows(message.uid, at: modseq)
    }.map(\.message)
    if withExpunges { changes.expunged = view.uids.subtracting(found.present) }
  }

  private func compare(
    _ view: MailboxView, through position: Position, in state: borrowing StateView
  ) throws -> SharedUIDs.Comparison {
    var found = SharedUIDs.Comparison(after: view.seen, through: position)
    try state.messages(in: view.mailbox) { uid, row in
      found.present.append(uid.rawValue)
      if row.modseq > view.seen {
        found.changed.append((row.modseq, FlagsOfMessage(uid.rawValue, row)))
      }
      return true
    }
    return found
  }
}
