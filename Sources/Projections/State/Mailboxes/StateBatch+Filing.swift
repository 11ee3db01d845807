import Events
import Platform

// Folds of arriving messages. `content`: see `Content`; `message`: see `MessageRow`; `prefix` origin
// (8), position of the filing (8) -> the lines before the body.
extension StateBatch {
  func fold(_ event: MessageAccepted, _ header: EventHeader) {
    contents.append(
      Content(
        origin: header.position, message: event.message, body: header.contents.first,
        bodyLength: event.size, sha256: event.sha256, wraps: header.wraps,
        envelope: event.envelope.value, structure: event.structure.value, holders: 0))
  }

  func fold(_ event: MessageAppended, _ header: EventHeader) {
    contents.append(
      Content(
        origin: header.position, message: event.message, body: header.contents.first,
        bodyLength: event.size, sha256: event.sha256, wraps: header.wraps,
        envelope: event.envelope.value, structure: event.structure.value, holders: 0))
  }

  /// Further recipients bring further wraps of the message's key.
  func fold(_ event: MessageAddressed, _ header: EventHeader) throws {
    guard var content = try content(event.origin) else { return }
    let known = Set(content.wraps.map(\.slot))
    content.wraps += header.wraps.filter { !known.contains($0.slot) }
    if let index = pendingContent(event.origin) {
      contents[index] = content
    } else {
      try put(.content, Content.key(event.origin), content.row)
    }
  }

  func fold(_ event: MessageFiled, _ header: EventHeader) throws {
    guard let mailbox = try mailbox(event.mailbox) else { return }
    let prefix = event.prefix.value ?? []
    var keywords: UInt64 = 0
    for keyword in event.keywords where keyword.rawValue < 64 { keywords |= 1 << keyword.rawValue }
    let row = MessageRow(
      flags: event.flags, keywords: keywords, modseq: header.position, size: event.size,
      prefixLength: UInt16(clamping: prefix.count), internalDate: event.internalDate,
      origin: event.origin, filed: header.position)
    try put(.message, MessageRow.key(event.mailbox, event.uid), row.row)
    if !prefix.isEmpty {
      try put(.prefix, MailboxKey.prefix(event.origin, header.position), prefix)
    }
    try hold(event.origin)
    try count(row, event.uid, in: mailbox.id, at: header.position)
    try changeUse(of: mailbox.user) {
      $0.bytes += event.size
      $0.messages += 1
    }
    try changeUse(of: mailbox.domain) {
      $0.bytes += event.size
      $0.messages += 1
    }
  }

  /// Counts a message that came into a mailbox.
  func count(
    _ row: MessageRow, _ uid: UID, in mailbox: MailboxID, at position: Position
  ) throws {
    try changeMailbox(mailbox, at: position) {
      $0.messages += 1
      if !row.flags.contains(.seen) { $0.unseen += 1 }
      if row.flags.contains(.deleted) { $0.deleted += 1 }
      $0.size += row.size
      $0.highestModseq = position
      if uid >= $0.uidNext { $0.uidNext = UID(uid == .last ? uid.rawValue : uid.rawValue + 1) }
    }
  }

  /// One more message row holds the content.
  func hold(_ origin: Position) throws {
    if let index = pendingContent(origin) {
      contents[index].holders += 1
      return
    }
    try changeHolders(origin) { $0 + 1 }
  }

  /// One message row less holds the content. Without any, its rows go and its body is free.
  func release(_ origin: Position, at position: Position) throws {
    if let index = pendingContent(origin) {
      contents[index].holders.subtract(1)
      guard contents[index].holders == 0 else { return }
      let body = contents.remove(at: index).body
      try free(body, of: origin, at: position)
      return
    }
    guard let (holders, body) = try withRow(.content, Content.key(origin), Content.holding) else {
      return
    }
    guard holders <= 1 else { return try changeHolders(origin) { $0 - 1 } }
    try delete(.content, Content.key(origin))
    try free(body, of: origin, at: position)
  }

  private func changeHolders(_ origin: Position, _ change: (UInt32) -> UInt32) throws {
    let key = Content.key(origin)
    guard var row = try withRow(.content, key, { $0.copied() }), row.count >= 4 else { return }
    var holders = RowWriter(capacity: 4)
    unsafe holders.uint32(change(row.span.bytes.big32(Content.holdersOffset)))
    row.replaceSubrange(0..<4, with: holders.bytes)
    try put(.content, key, row)
  }

  private func free(_ body: ContentID?, of origin: Position, at position: Position) throws {
    try deleteAll(.prefix, prefix: Content.key(origin))
    guard let body else { return }
    try put(.freed, FreedContent(position: position, content: body).key, [])
  }
}

extension Content {
  /// The number of holders and the body, without reading the rest of the row.
  static func holding(_ row: RawSpan) throws -> (UInt32, ContentID?) {
    var cursor = RowCursor()
    let holders = try cursor.uint32(row)
    cursor = RowCursor(at: bodyOffset)
    let body = ContentID(rawValue: try cursor.id(row))
    return (holders, body == .zero ? nil : body)
  }
}
