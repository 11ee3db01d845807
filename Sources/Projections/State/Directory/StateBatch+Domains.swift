import Events
import Platform

// Folds of domains. `domain` id -> row; `domain_name` name -> id, of domains that are
// not deleted; behind it the alias id where the name is another one (see aliases).
extension StateBatch {
  func fold(_ event: JournalCreated, _ header: EventHeader) throws {
    var row = RowWriter(capacity: 24)
    row.id(event.log.rawValue)
    row.uint64(event.key.rawValue)
    try put(.server, ServerRow.key, row.bytes)
  }

  func fold(_ event: DomainAdded, _ header: EventHeader) throws {
    let name = event.name.value.map(DomainName.init(canonical:))
    let domain = Domain(
      id: event.domain, name: name, key: event.key, administrator: nil, isDeleted: false,
      created: header.time, position: header.position)
    try put(.domain, event.domain.rawValue.bytes, domain.row)
    if let name { try put(.domainName, Array(name.text.utf8), event.domain.rawValue.bytes) }
    try changeUse(of: event.domain) { _ in }
  }

  func fold(_ event: DomainDeleted, _ header: EventHeader) throws {
    guard var domain = try domain(event.domain), !domain.isDeleted else { return }
    domain.isDeleted = true
    try put(.domain, event.domain.rawValue.bytes, domain.row)
    if let name = domain.name { try delete(.domainName, Array(name.text.utf8)) }
    try forgetNames(of: event.domain)
  }

  func domain(_ id: DomainID) throws -> Domain? {
    try withRow(.domain, id.rawValue.bytes) { try Domain(id, $0) }
  }
}

/// The one row of `server`, key: one zero byte. log id 16, slot of the server's own key 8.
struct ServerRow {
  static let key: [UInt8] = [0]
  let log: LogID
  let key: Slot

  init(_ row: RawSpan) throws {
    var cursor = RowCursor()
    log = LogID(rawValue: try cursor.id(row))
    key = Slot(try cursor.uint64(row))
  }
}
