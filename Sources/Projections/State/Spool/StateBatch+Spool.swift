import Events
import Platform

// Folds of the spool. `spool` entry -> `SpoolEntry`, and the same in `spool_order`; `spool_recipient` entry, number ->
// `SpoolRecipient`; `spool_due` due, entry, number -> `SpoolDue`, for recipients of entries that are
// neither held nor deleted, as long as they are not final.
extension StateBatch {
  func foldSpool(_ recorded: Recorded) throws {
    touchedSpool = true
    let header = recorded.header
    switch recorded.event {
    case .messageQueued(let event): try fold(event, header)
    case .deliveryAdmitted(let event): try fold(event, header)
    case .deliveryBegun(let event): try fold(event, header)
    case .deliveryDeferred(let event): try fold(event, header)
    case .deliveryFailed(let event): try fold(event, header)
    case .deliveryDelayed(let event): try fold(event, header)
    case .messageSent(let event): try fold(event, header)
    case .spoolChanged(let event):
      reorderedSpool = true
      try fold(event, header)
    default: break
    }
  }

  private func fold(_ event: MessageQueued, _ header: EventHeader) throws {
    guard let domain = header.domain, let recipients = event.recipients.value else { return }
    let entry = SpoolEntry(
      id: header.position, origin: event.origin, message: event.message, domain: domain,
      user: event.user, kind: SpoolKind(rawValue: event.kind) ?? .standard, size: event.size,
      created: header.time, body: event.body, isUTF8: event.isUTF8, dsn: event.dsn.value,
      sender: event.sender.value, recipientCount: recipients.count, since: header.time,
      priority: Int(clamping: event.priority),
      reason: PriorityReason(rawValue: event.reason) ?? .standard)
    try put(entry, was: nil)
    for (index, recipient) in recipients.enumerated() {
      let row = SpoolRecipient(
        index: index, address: recipient.address, notify: recipient.notify,
        original: recipient.original, via: recipient.via ?? [], due: event.due)
      try put(row, of: entry, was: nil)
    }
    try hold(event.origin)
  }

  private func fold(_ event: DeliveryAdmitted, _ header: EventHeader) throws {
    for admitted in event.entries {
      try changeRecipients(admitted.recipients, of: admitted.entry) { _, recipient in
        recipient.isAdmitted = true
      }
    }
    guard let domain = header.domain else { return }
    try count(event, .domain(domain))
    if let user = event.user { try count(event, .user(user)) }
  }

  private func count(_ event: DeliveryAdmitted, _ scope: ThrottleScope) throws {
    try count(event.recipientCount, .messages, scope, in: event.window)
    try count(event.octets, .octets, scope, in: event.window)
  }

  private func fold(_ event: DeliveryBegun, _ header: EventHeader) throws {
    try changeRecipients(event.recipients, of: event.entry) { _, recipient in
      recipient.status = .begun
      recipient.attempts = Int(clamping: event.attempt)
      recipient.host = event.host.value ?? ""
      recipient.isForced = false
    }
  }

  private func fold(_ event: DeliveryDeferred, _ header: EventHeader) throws {
    if let priority = event.priority, let before = try spoolEntry(event.entry) {
      var entry = before
      entry.priority = Int(clamping: priority)
      entry.reason = event.priorityReason.flatMap(PriorityReason.init) ?? entry.reason
      try put(entry, was: before)
    }
    try changeRecipients(event.recipients, of: event.entry) { _, recipient in
      recipient.status = event.isInDoubt ? .doubtful : .waiting
      recipient.attempts = Int(clamping: event.attempt)
      recipient.due = event.next
      recipient.isForced = false
      recipient.heard(event.code, event.status, event.reply, event.host)
    }
  }

  private func fold(_ event: DeliveryFailed, _ header: EventHeader) throws {
    try changeRecipients(event.recipients, of: event.entry) { entry, recipient in
      if !recipient.isFinal { entry.failed += 1 }
      recipient.status = .failed
      recipient.attempts = Int(clamping: event.attempt)
      recipient.heard(event.code, event.status, event.reply, event.host)
    }
    try finish(event.entry, at: header.position)
  }

  private func fold(_ event: DeliveryDelayed, _ header: EventHeader) throws {
    try changeRecipients(event.recipients, of: event.entry) { _, recipient in
      recipient.isDelayTold = true
    }
  }

  private func fold(_ event: MessageSent, _ header: EventHeader) throws {
    guard event.entry != .zero else { return }
    try changeRecipients([event.recipient], of: event.entry) { entry, recipient in
      if !recipient.isFinal { entry.delivered += 1 }
      recipient.status = .delivered
      recipient.attempts = Int(clamping: event.attempt)
      recipient.heard(event.code, event.status, event.reply, event.host)
    }
    try finish(event.entry, at: header.position)
  }
}

// MARK: rows

extension StateBatch {
  func spoolEntry(_ id: Position) throws -> SpoolEntry? {
    try withRow(.spool, SpoolEntry.key(id)) { try SpoolEntry(id, $0) }
  }

  /// Writes an entry and where it stands in each order.
  func put(_ entry: SpoolEntry, was before: SpoolEntry?) throws {
    guard entry != before else { return }
    try put(.spool, SpoolEntry.key(entry.id), entry.row)
    for order in SpoolRank.Order.allCases {
      let (rank, old) = (SpoolRank(order, entry), before.flatMap { SpoolRank(order, $0) })
      guard rank != old else { continue }
      if let old { try delete(.spoolOrder, old.bytes) }
      if let rank { try put(.spoolOrder, rank.bytes, []) }
    }
  }

  /// Writes a recipient and where it stands in the order of what is due.
  func put(_ recipient: SpoolRecipient, of entry: SpoolEntry, was: Timestamp?) throws {
    try put(.spoolRecipient, SpoolRecipient.key(entry.id, recipient.index), recipient.row)
    let due = SpoolDue(entry, recipient)
    if let was, was != recipient.due || recipient.isFinal || !entry.isLive {
      let old = SpoolDue.Key(due: was, entry: entry.id, index: recipient.index)
      try delete(.spoolDue, old.bytes)
    }
    if !recipient.isFinal, entry.isLive { try put(.spoolDue, due.key.bytes, due.row) }
  }

  /// Changes recipients of an entry, and the entry's counts with them; nothing where it is gone.
  func changeRecipients(
    _ numbers: some Sequence<UInt64>, of id: Position,
    _ change: (inout SpoolEntry, inout SpoolRecipient) -> Void
  ) throws {
    guard var entry = try spoolEntry(id) else { return }
    let before = entry
    for number in numbers {
      let index = Int(clamping: number)
      guard
        var recipient = try withRow(
          .spoolRecipient, SpoolRecipient.key(id, index), { try SpoolRecipient(index, $0) }),
        !recipient.isFinal
      else { continue }
      let was = recipient.due
      change(&entry, &recipient)
      entry.attempts = max(entry.attempts, recipient.attempts)
      try put(recipient, of: entry, was: was)
    }
    try put(entry, was: before)
  }

  /// Removes an entry all of whose recipients are final.
  func finish(_ id: Position, at position: Position) throws {
    guard let entry = try spoolEntry(id), entry.delivered + entry.failed >= entry.recipientCount
    else { return }
    try remove(entry, at: position)
  }

  func remove(_ entry: SpoolEntry, at position: Position) throws {
    try delete(.spool, SpoolEntry.key(entry.id))
    for order in SpoolRank.Order.allCases {
      if let rank = SpoolRank(order, entry) { try delete(.spoolOrder, rank.bytes) }
    }
    try deleteAll(.spoolRecipient, prefix: SpoolEntry.key(entry.id))
    try release(entry.origin, at: position)
  }
}

extension SpoolRecipient {
  fileprivate mutating func heard(
    _ code: UInt64, _ status: String, _ reply: Personal<[UInt8]>, _ host: Personal<String>
  ) {
    self.code = Int(clamping: code)
    enhanced = status
    self.reply = reply.value ?? []
    self.host = host.value ?? ""
  }
}
