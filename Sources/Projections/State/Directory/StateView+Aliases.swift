import Events
import Platform

extension StateView {
  public func alias(_ id: AliasID) throws -> Alias? {
    try withRow(.alias, id.rawValue.bytes) { try Alias(id, $0) }
  }

  /// What has the address: a user or an alias; plus-addresses and roles are not followed.
  func target(_ localPart: LocalPart, in domain: DomainID) throws -> AddressTarget? {
    try withRow(.address, DirectoryKey.address(domain, localPart)) { try AddressTarget($0) } ?? nil
  }

  /// The alias with that very address.
  public func alias(_ localPart: LocalPart, in domain: DomainID) throws -> Alias? {
    guard case .alias(let id)? = try target(localPart, in: domain) else { return nil }
    return try alias(id)
  }

  /// The aliases of a domain in the order of their addresses, from the one after `localPart` on.
  public func aliases(
    in domain: DomainID, after localPart: LocalPart? = nil, limit: Int = .max
  ) throws -> [Alias] {
    var ids: [AliasID] = []
    let start = localPart.map { DirectoryKey.address(domain, $0) + [0] }
    try scan(.address, prefix: domain.rawValue.bytes, from: start) { _, row in
      if case .alias(let id)? = try AddressTarget(row) { ids.append(id) }
      return ids.count < limit
    }
    return try ids.compactMap { try alias($0) }
  }

  /// The further names of a domain, in the order of their ids.
  public func domainAliases(of domain: DomainID) throws -> [DomainAlias] {
    var aliases: [DomainAlias] = []
    try scan(.domainAlias, prefix: domain.rawValue.bytes) { key, row in
      var cursor = RowCursor(at: 16)
      aliases.append(try DomainAlias(domain, AliasID(rawValue: try cursor.id(key)), row))
      return true
    }
    return aliases
  }

  /// The slot of the key that seals what is the domain's own.
  func key(of domain: DomainID) throws -> Slot { try existingDomain(domain).key }
}
