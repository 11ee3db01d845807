import Events
import Ledger
import Network
import State

extension Session {
  /// Changes flags of messages of the selected mailbox, in as many decisions as it takes; answers
  /// which of the messages are still there.
  ///
  /// Unless `isSilent`, the client is told the flags as they are then; otherwise it is not told what
  /// it just said itself. A message that somebody else
  /// had changed meanwhile is told about all the same: its flags are not what the client thinks.
  func store(
    _ ranges: [ClosedRange<UInt32>], _ change: FlagChange, _ flags: FlagSet, isSilent: Bool,
    withUID: Bool = false
  ) async throws -> [ClosedRange<UInt32>] {
    let view = try selectedView()
    let known = isSilent ? view.seen : nil
    var result = try await store(UIDSet(ranges), change, flags, unchangedSince: known)
    let isAll = result.modified.isEmpty
    if !isAll {
      let others = try await store(result.modified, change, flags, unchangedSince: nil)
      result.stored.formUnion(others.stored)
    }
    if !flags.keywords.isEmpty { try learnKeywords() }
    if !isSilent { try await tellFlags(of: result.stored.numbers, withUID: withUID) }
    if isAll { self.view?.own += result.own }
    return result.stored.numbers
  }

  private func store(
    _ uids: UIDSet, _ change: FlagChange, _ flags: FlagSet, unchangedSince known: Position?
  ) async throws -> Changed {
    let view = try selectedView()
    let user = try signedInUser().id
    var left = uids
    var changed = Changed()
    while !left.isEmpty {
      let (receipt, answer) = try await decide(
        StoreFlags(
          user: user, mailbox: view.mailbox, uids: left, mode: change, flags: flags,
          unchangedSince: known))
      if let receipt {
        changed.own.append(MailboxView.Own(after: answer.after, through: receipt.last))
        if known != nil {
          self.view?.told.append(
            MailboxView.Told(uids: answer.stored.numbers, through: receipt.last))
        }
      }
      changed.stored.formUnion(answer.stored)
      changed.modified.formUnion(answer.modified)
      guard let next = answer.next else { break }
      left = left.from(next)
    }
    return changed
  }

  /// What decisions about flags did.
  private struct Changed {
    var stored = UIDSet()
    var modified = UIDSet()
    var own: [MailboxView.Own] = []
  }

  /// Takes in keywords that came up in the mailbox, and tells the client. RFC 3501 §7.2.6
  func learnKeywords() throws {
    guard var view else { return }
    let keywords = try service.node.state.read { try $0.keywords(in: view.mailbox) }
    guard keywords != view.keywords else { return }
    view.keywords = keywords
    self.view = view
    say { $0.flagsOf(view) }
  }

  /// Sends the flags of messages as they are now.
  private func tellFlags(of ranges: [ClosedRange<UInt32>], withUID: Bool) async throws {
    for piece in ranges.pieces(of: IMAPService.largestBlock) {
      guard let view else { return }
      let (rows, position) = try service.node.state.read { state in
        var rows: [FlagsOfMessage] = []
        try state.messages(in: view.mailbox, uids: UIDSet(piece)) { uid, row in
          rows.append(FlagsOfMessage(uid.rawValue, row))
          return true
        }
        return (rows, try state.mailbox(view.mailbox)?.highestModseq ?? view.seen)
      }
      say { writer in
        for row in rows { writer.flags(of: row, in: view, withUID: withUID) }
      }
      self.view?.told.append(MailboxView.Told(uids: piece, through: position))
      try await connection.drain()
    }
  }

  /// Removes those messages marked \Deleted that lie in `ranges`; the update that follows tells.
  func expunge(_ ranges: [ClosedRange<UInt32>]) async throws {
    let view = try selectedView()
    let user = try signedInUser().id
    var left = UIDSet(ranges)
    while !left.isEmpty {
      let expunged = try await decide(
        ExpungeMessages(user: user, mailbox: view.mailbox, uids: left))
      guard let next = expunged.answer.next else { return }
      left = left.from(next)
    }
  }
}

extension UIDSet {
  /// The UIDs of the set from `first` on.
  func from(_ first: UID) -> UIDSet {
    var rest = UIDSet()
    for range in ranges where range.upperBound >= first {
      rest.insert(Swift.max(range.lowerBound, first)...range.upperBound)
    }
    return rest
  }
}
