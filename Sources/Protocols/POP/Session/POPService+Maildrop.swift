import Events
import Platform
import State

/// A user's maildrop as a session opens it.
struct OpenedMaildrop: Sendable {
  let maildrop: Maildrop
  /// The slot of the key that opens the messages.
  let key: Slot
}

extension POPService {
  /// Rows that are read on the loop, in one go.
  private static let rowsOnLoop = 1_000
  /// Rows that one transaction reads on a thread of the pool.
  private static let rowsInPool = 20_000

  /// Reads the inbox of a user; nil where there is none any more.
  ///
  /// Larger ones are read in blocks and off the loop. What is filed meanwhile has a greater UID and
  /// comes last, what is expunged is missing: either way it is the inbox as it was at some moment
  /// since the call.
  func open(_ id: UserID) async throws -> OpenedMaildrop? {
    let found = try node.state.read { view -> (user: User, inbox: Mailbox)? in
      guard let user = try view.user(id), !user.isDeleted,
        let inbox = try view.mailbox(named: .inbox, of: id)
      else { return nil }
      return (user, inbox)
    }
    guard let (user, inbox) = found else { return nil }
    var entries: [Maildrop.Entry] = []
    entries.reserveCapacity(Int(inbox.messages))
    let limit = inbox.messages > Self.rowsOnLoop ? Self.rowsInPool : Self.rowsOnLoop
    var next: UID? = .first
    while let start = next {
      let block = try await block(of: inbox, from: start, limit: limit)
      entries += block
      next = block.count < limit ? nil : block.last?.uid.following
    }
    let maildrop = Maildrop(
      mailbox: inbox.id, uidValidity: inbox.uidValidity, entries: entries)
    return OpenedMaildrop(maildrop: maildrop, key: user.key)
  }

  private func block(
    of inbox: Mailbox, from start: UID, limit: Int
  ) async throws -> [Maildrop.Entry] {
    let (node, id) = (node, inbox.id)
    guard limit > Self.rowsOnLoop else { return try node.entries(of: id, from: start, limit) }
    return try await node.pool.run { try node.entries(of: id, from: start, limit) }
  }
}

extension Node {
  /// At most `limit` messages of a mailbox, ascending, in one short transaction.
  fileprivate func entries(
    of mailbox: MailboxID, from start: UID, _ limit: Int
  ) throws -> [Maildrop.Entry] {
    try state.read { view in
      var entries: [Maildrop.Entry] = []
      try view.messages(in: mailbox, uids: start ... .last) { uid, row in
        entries.append(Maildrop.Entry(uid: uid, size: row.size))
        return entries.count < limit
      }
      return entries
    }
  }
}

extension UID {
  /// The next UID; nil behind the last.
  fileprivate var following: UID? { self < .last ? UID(rawValue + 1) : nil }
}
