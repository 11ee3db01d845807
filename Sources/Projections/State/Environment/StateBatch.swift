import Events
import Platform
import Store

/// One batch of the fold: the open transaction and the hot rows that are written at its end.
///
/// Counters change with every message, so they are kept decoded for the time of the batch and each
/// is written once. Views of the batch see them. Only the writer thread touches a batch.
final class StateBatch {
  private var transaction: WriteTransaction?
  let tables: StateTables

  /// Hot rows as folded so far. Mailboxes that were only looked at are among them; those that were
  /// changed are `touched`.
  var mailboxes: [MailboxID: Mailbox] = [:]
  var userUses: [UserID: UserUse] = [:]
  var domainUses: [DomainID: DomainUse] = [:]
  /// Content of messages that came in this batch, in ascending order of their origin.
  var contents: [Content] = []

  /// What the batch changed, for the change feed.
  var touched: [MailboxID: Position] = [:]
  var touchedSpool = false
  var touchedProtection = false
  var reorderedSpool = false
  var touchedSettings = false

  init(_ transaction: consuming WriteTransaction, tables: StateTables) {
    self.transaction = consume transaction
    self.tables = tables
  }

  /// Writes the hot rows and ends the batch.
  func commit() throws {
    try flush()
    guard let transaction = transaction.take() else { throw StoreError.closed }
    try transaction.commit()
  }

  /// Forgets the batch.
  func abort() { transaction = nil }

  private func flush() throws {
    for content in contents {
      try put(.content, Content.key(content.origin), content.row)
    }
    for (id, mailbox) in mailboxes where touched[id] != nil {
      try put(.mailbox, id.rawValue.bytes, mailbox.row)
    }
    for (id, use) in userUses { try put(.userUse, id.rawValue.bytes, use.row) }
    for (id, use) in domainUses { try put(.domainUse, id.rawValue.bytes, use.row) }
    contents = []
    mailboxes = [:]
    userUses = [:]
    domainUses = [:]
  }
}

// MARK: rows

extension StateBatch {
  func put(_ table: StateTable, _ key: [UInt8], _ row: [UInt8]) throws {
    try withTransaction { try $0.put(tables[table], key, row) }
  }

  @discardableResult
  func delete(_ table: StateTable, _ key: [UInt8]) throws -> Bool {
    try withTransaction { try $0.delete(tables[table], key) }
  }

  @discardableResult
  func deleteAll(_ table: StateTable, prefix: [UInt8]) throws -> Int {
    try withTransaction { try $0.deleteAll(tables[table], prefix: prefix) }
  }

  func withRow<R>(
    _ table: StateTable, _ key: [UInt8], _ body: (RawSpan) throws -> R
  ) throws -> R? {
    try withTransaction { transaction in
      try transaction.withValue(tables[table], key) { row in
        guard let row else { return nil }
        return try body(row)
      }
    }
  }

  func scan(
    _ table: StateTable, prefix: [UInt8], from: [UInt8]? = nil,
    _ body: (_ key: RawSpan, _ row: RawSpan) throws -> Bool
  ) throws {
    try withTransaction { try $0.scan(tables[table], prefix: prefix, from: from, body) }
  }

  func scan(
    _ table: StateTable, from: [UInt8], through: [UInt8],
    _ body: (_ key: RawSpan, _ row: RawSpan) throws -> Bool
  ) throws {
    try withTransaction { try $0.scan(tables[table], from: from, through: through, body) }
  }

  func last(_ table: StateTable) throws -> (key: [UInt8], value: [UInt8])? {
    try withTransaction { try $0.last(tables[table]) }
  }

  func first(_ table: StateTable) throws -> (key: [UInt8], value: [UInt8])? {
    try withTransaction { try $0.first(tables[table]) }
  }

  func count(_ table: StateTable) throws -> Int {
    try withTransaction { try $0.count(tables[table]) }
  }

  func clearAll() throws {
    try withTransaction { transaction in
      for table in StateTable.allCases { try transaction.clear(tables[table]) }
    }
  }

  private func withTransaction<R>(
    _ body: (borrowing WriteTransaction) throws -> R
  ) throws -> R {
    switch transaction {
    case .some(let transaction): return try body(transaction)
    case .none: throw StoreError.closed
    }
  }
}

// MARK: hot rows

extension StateBatch {
  func mailbox(_ id: MailboxID) throws -> Mailbox? {
    if let mailbox = mailboxes[id] { return mailbox }
    let mailbox = try withRow(.mailbox, id.rawValue.bytes) { try Mailbox(id, $0) }
    if let mailbox { mailboxes[id] = mailbox }
    return mailbox
  }

  func use(of user: UserID) throws -> UserUse {
    if let use = userUses[user] { return use }
    return try withRow(.userUse, user.rawValue.bytes) { try UserUse($0) } ?? UserUse()
  }

  func use(of domain: DomainID) throws -> DomainUse {
    if let use = domainUses[domain] { return use }
    return try withRow(.domainUse, domain.rawValue.bytes) { try DomainUse($0) } ?? DomainUse()
  }

  func content(_ origin: Position) throws -> Content? {
    if let index = pendingContent(origin) { return contents[index] }
    return try withRow(.content, Content.key(origin)) { try Content(origin, $0) }
  }

  /// The index of a content row that this batch has not yet written.
  func pendingContent(_ origin: Position) -> Int? {
    guard let last = contents.last else { return nil }
    if last.origin == origin { return contents.count - 1 }
    var (low, high) = (0, contents.count)
    while low < high {
      let middle = (low + high) / 2
      if contents[middle].origin < origin { low = middle + 1 } else { high = middle }
    }
    return low < contents.count && contents[low].origin == origin ? low : nil
  }
}
