import Events
import Platform

extension StateView {
  /// The domain that has that name, its own or another one; nil where there is none or it is
  /// deleted.
  public func domain(named name: DomainName) throws -> Domain? {
    let id = try withRow(.domainName, Array(name.text.utf8)) { row in
      var cursor = RowCursor()
      return DomainID(rawValue: try cursor.id(row))
    }
    return try id.flatMap { try domain($0) }
  }

  /// The domain with that id, also where it is deleted.
  public func domain(_ id: DomainID) throws -> Domain? {
    try withRow(.domain, id.rawValue.bytes) { try Domain(id, $0) }
  }

  /// The domains that are not deleted, in the order of their names, from the one after `name` on.
  public func domains(after name: DomainName? = nil, limit: Int = .max) throws -> [Domain] {
    var ids: [DomainID] = []
    let start = name.map { Array($0.text.utf8) + [0] }
    try scan(.domainName, prefix: [], from: start) { _, row in
      var cursor = RowCursor()
      // Further names of a domain have an alias id behind it.
      guard row.byteCount == 16 else { return true }
      ids.append(DomainID(rawValue: try cursor.id(row)))
      return ids.count < limit
    }
    return try ids.compactMap { try domain($0) }
  }

  /// What a domain uses.
  public func use(of domain: DomainID) throws -> DomainUse {
    if case .batch(let batch) = source { return try batch.use(of: domain) }
    return try withRow(.domainUse, domain.rawValue.bytes) { try DomainUse($0) } ?? DomainUse()
  }

  /// The slot of the server's own key, which seals what belongs to no domain; nil before the
  /// journal's first event is folded.
  public func serverKey() throws -> Slot? {
    try withRow(.server, ServerRow.key) { try ServerRow($0).key }
  }

  /// The log that was folded.
  public func log() throws -> LogID? {
    try withRow(.server, ServerRow.key) { try ServerRow($0).log }
  }
}
