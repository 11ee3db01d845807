import Events
import Platform

extension StateBatch {
  /// What people did to entries; entries that are gone are passed over.
  func fold(_ event: SpoolChanged, _ header: EventHeader) throws {
    guard let action = SpoolAction(rawValue: event.action) else { return }
    for id in event.entries {
      guard let before = try spoolEntry(id) else { continue }
      if action == .purge {
        try remove(before, at: header.position)
        continue
      }
      var entry = before
      entry.change(action, priority: event.priority, at: header.time)
      try put(entry, was: before)
      try apply(action, to: entry, wasLive: before.isLive, at: header)
    }
  }

  private func apply(
    _ action: SpoolAction, to entry: SpoolEntry, wasLive: Bool, at header: EventHeader
  ) throws {
    let before = entry
    var entry = entry
    var recipients: [SpoolRecipient] = []
    try scan(.spoolRecipient, prefix: SpoolEntry.key(entry.id)) { key, row in
      var cursor = RowCursor(at: 8)
      recipients.append(try SpoolRecipient(Int(try cursor.uint16(key)), row))
      return true
    }
    entry.attempts = 0
    for var recipient in recipients {
      defer { entry.attempts = max(entry.attempts, recipient.attempts) }
      guard !recipient.isFinal else { continue }
      let was = recipient.due
      recipient.change(action, at: header.time)
      if recipient.isFinal { entry.delivered += 1 }
      try put(recipient, of: entry, was: wasLive ? was : nil)
    }
    try put(entry, was: before)
    try finish(entry.id, at: header.position)
  }
}

extension SpoolEntry {
  fileprivate mutating func change(_ action: SpoolAction, priority: UInt64?, at time: Timestamp) {
    switch action {
    case .hold: isHeld = true
    case .release: isHeld = false
    case .delete: deleted = time
    case .restore: deleted = nil
    case .reset: since = time
    case .prioritise:
      self.priority = Int(clamping: priority ?? UInt64(clamping: self.priority))
      reason = .hand
    case .force, .confirm, .purge: break
    }
  }
}

extension SpoolRecipient {
  fileprivate mutating func change(_ action: SpoolAction, at time: Timestamp) {
    switch action {
    case .force:
      due = min(due, time)
      isForced = true
    case .reset:
      attempts = 0
      due = min(due, time)
      isDelayTold = false
    case .confirm: if status == .doubtful { status = .delivered }
    case .hold, .release, .delete, .restore, .prioritise, .purge: break
    }
  }
}
