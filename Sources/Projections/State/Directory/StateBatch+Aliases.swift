import Events
import Platform

// Folds of aliases. `alias` id -> row; `address` leads to it; `domain_alias` domain id, alias id ->
// name, which `domain_name` leads from to the domain, as the domain's own name does.
extension StateBatch {
  func fold(_ event: AliasAdded, _ header: EventHeader) throws {
    guard let domain = header.domain else { return }
    let localPart = event.localPart.value.map { LocalPart(canonical: Array($0.utf8)) }
    let alias = Alias(
      id: event.alias, domain: domain, position: header.position,
      isGreylisted: event.isGreylisted, localPart: localPart, targets: event.targets.value ?? [])
    try put(.alias, event.alias.rawValue.bytes, alias.row)
    if let localPart {
      try put(
        .address, DirectoryKey.address(domain, localPart), AddressTarget.alias(event.alias).row)
    }
    try changeUse(of: domain) { $0.aliases += 1 }
  }

  func fold(_ event: AliasChanged, _ header: EventHeader) throws {
    guard var alias = try alias(event.alias) else { return }
    alias.isGreylisted = event.isGreylisted
    alias.targets = event.targets.value ?? []
    try put(.alias, event.alias.rawValue.bytes, alias.row)
  }

  func fold(_ event: AliasDeleted, _ header: EventHeader) throws {
    guard let alias = try alias(event.alias) else { return }
    try delete(.alias, event.alias.rawValue.bytes)
    if let localPart = alias.localPart {
      try delete(.address, DirectoryKey.address(alias.domain, localPart))
    }
    try changeUse(of: alias.domain) { $0.aliases.subtract(1) }
  }

  func fold(_ event: DomainAliasAdded, _ header: EventHeader) throws {
    guard let domain = header.domain else { return }
    let alias = DomainAlias(
      id: event.alias, domain: domain, name: event.name.value.map(DomainName.init(canonical:)))
    try put(.domainAlias, alias.key, alias.row)
    if let name = alias.name {
      try put(.domainName, Array(name.text.utf8), domain.rawValue.bytes + alias.id.rawValue.bytes)
    }
    try changeUse(of: domain) { $0.domainAliases += 1 }
  }

  func fold(_ event: DomainAliasDeleted, _ header: EventHeader) throws {
    guard let domain = header.domain else { return }
    let key = DomainAlias.key(domain, event.alias)
    guard let alias = try withRow(.domainAlias, key, { try DomainAlias(domain, event.alias, $0) })
    else { return }
    try delete(.domainAlias, key)
    if let name = alias.name { try delete(.domainName, Array(name.text.utf8)) }
    try changeUse(of: domain) { $0.domainAliases.subtract(1) }
  }

  /// Frees the further names of a domain that is deleted.
  func forgetNames(of domain: DomainID) throws {
    var names: [DomainName] = []
    try scan(.domainAlias, prefix: domain.rawValue.bytes) { key, row in
      var cursor = RowCursor(at: 16)
      let alias = try DomainAlias(domain, AliasID(rawValue: try cursor.id(key)), row)
      if let name = alias.name { names.append(name) }
      return true
    }
    for name in names { try delete(.domainName, Array(name.text.utf8)) }
  }

  func alias(_ id: AliasID) throws -> Alias? {
    try withRow(.alias, id.rawValue.bytes) { try Alias(id, $0) }
  }
}
