import Events
import Platform

// Folds of what happens to messages in mailboxes.
extension StateBatch {
  func fold(_ event: MessageFlagsChanged, _ header: EventHeader) throws {
    guard let mailbox = try mailbox(event.mailbox) else { return }
    var keywords: UInt64 = 0
    for keyword in event.keywords where keyword.rawValue < 64 { keywords |= 1 << keyword.rawValue }
    var (seen, unseen, deleted, undeleted) = (UInt32(0), UInt32(0), UInt32(0), UInt32(0))
    for (uid, old) in try rows(event.uids, in: mailbox.id) {
      var row = old
      row.apply(event.mode, event.flags, keywords)
      row.modseq = header.position
      try put(.message, MessageRow.key(mailbox.id, uid), row.row)
      let changed = row.flags.symmetricDifference(old.flags)
      if changed.contains(.seen) { if row.flags.contains(.seen) { seen += 1 } else { unseen += 1 } }
      if changed.contains(.deleted) {
        if row.flags.contains(.deleted) { deleted += 1 } else { undeleted += 1 }
      }
    }
    try changeMailbox(mailbox.id, at: header.position) {
      $0.unseen += unseen
      $0.unseen.subtract(seen)
      $0.deleted += deleted
      $0.deleted.subtract(undeleted)
      $0.highestModseq = header.position
      $0.changed = header.position
    }
  }

  func fold(_ event: MessageCopied, _ header: EventHeader) throws {
    guard let from = try mailbox(event.from), let to = try mailbox(event.to) else { return }
    let rows = try rows(event.source, in: from.id)
    var uids = event.uids.makeIterator()
    var next = rows.startIndex
    var bytes: UInt64 = 0
    var messages: UInt64 = 0
    for source in event.source {
      guard let uid = uids.next() else { break }
      guard next < rows.endIndex, rows[next].uid == source else { continue }
      var row = rows[next].row
      next += 1
      row.keywords = event.keywords.renumbering(row.keywords)
      row.modseq = header.position
      try put(.message, MessageRow.key(to.id, uid), row.row)
      try count(row, uid, in: to.id, at: header.position)
      bytes += row.size
      messages += 1
      if !event.isMove { try hold(row.origin) }
    }
    if event.isMove { try remove(rows, from: from.id, at: header.position) }
    try moveUse(bytes, messages, from: event.isMove ? from : nil, to: to)
  }

  func fold(_ event: MessageExpunged, _ header: EventHeader) throws {
    try expunge(event.uids, from: event.mailbox, at: header.position)
    try forgetMailboxIfEmpty(event.mailbox)
  }

  /// Removes messages with everything that hangs on them.
  func expunge(_ uids: UIDSet, from id: MailboxID, at position: Position) throws {
    guard let mailbox = try mailbox(id) else { return }
    let rows = try rows(uids, in: id)
    try remove(rows, from: id, at: position)
    for (_, row) in rows { try release(row.origin, at: position) }
    let bytes = rows.reduce(0) { $0 + $1.row.size }
    try changeUse(of: mailbox.user) {
      $0.bytes.subtract(bytes)
      $0.messages.subtract(UInt64(rows.count))
    }
    try changeUse(of: mailbox.domain) {
      $0.bytes.subtract(bytes)
      $0.messages.subtract(UInt64(rows.count))
    }
  }

  /// The rows of those of `uids` that are there, in ascending order.
  func rows(_ uids: UIDSet, in mailbox: MailboxID) throws -> [(uid: UID, row: MessageRow)] {
    var rows: [(uid: UID, row: MessageRow)] = []
    for range in uids.ranges {
      let (from, through) = (range.lowerBound, range.upperBound)
      try scan(
        .message, from: MessageRow.key(mailbox, from), through: MessageRow.key(mailbox, through)
      ) { key, row in
        rows.append((MessageRow.uid(key), try MessageRow(row)))
        return true
      }
    }
    return rows
  }

  /// Deletes rows and subtracts them from the mailbox's counters.
  private func remove(
    _ rows: [(uid: UID, row: MessageRow)], from id: MailboxID, at position: Position
  ) throws {
    for (uid, _) in rows { try delete(.message, MessageRow.key(id, uid)) }
    try changeMailbox(id, at: position) {
      for (_, row) in rows {
        $0.messages.subtract(1)
        if !row.flags.contains(.seen) { $0.unseen.subtract(1) }
        if row.flags.contains(.deleted) { $0.deleted.subtract(1) }
        $0.size.subtract(row.size)
      }
      $0.highestModseq = position
      $0.changed = position
    }
  }

  private func moveUse(_ bytes: UInt64, _ messages: UInt64, from: Mailbox?, to: Mailbox) throws {
    try changeUse(of: to.user) {
      $0.bytes += bytes
      $0.messages += messages
    }
    try changeUse(of: to.domain) {
      $0.bytes += bytes
      $0.messages += messages
    }
    guard let from else { return }
    try changeUse(of: from.user) {
      $0.bytes.subtract(bytes)
      $0.messages.subtract(messages)
    }
    try changeUse(of: from.domain) {
      $0.bytes.subtract(bytes)
      $0.messages.subtract(messages)
    }
  }
}

extension MessageRow {
  mutating func apply(_ mode: FlagChange, _ system: SystemFlags, _ keywords: UInt64) {
    switch mode {
    case .add:
      flags.formUnion(system)
      self.keywords |= keywords
    case .remove:
      flags.subtract(system)
      self.keywords &= ~keywords
    case .replace:
      flags = system
      self.keywords = keywords
    }
  }
}

extension [KeywordPair] {
  /// A mask of keywords of one mailbox in the numbers of another; those without a pair are left out.
  func renumbering(_ mask: UInt64) -> UInt64 {
    guard mask != 0 else { return 0 }
    var result: UInt64 = 0
    for pair in self where pair.from.rawValue < 64 && pair.to.rawValue < 64 {
      if mask & (1 << pair.from.rawValue) != 0 { result |= 1 << pair.to.rawValue }
    }
    return result
  }
}
