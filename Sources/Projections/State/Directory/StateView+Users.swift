import Events
import Platform

extension StateView {
  /// The user with that id, also where they are deleted and their mailboxes are being emptied.
  public func user(_ id: UserID) throws -> User? {
    try withRow(.user, id.rawValue.bytes) { try User(id, $0) }
  }

  /// The domain of the user with that id.
  func domain(of id: UserID) throws -> DomainID? {
    try withRow(.user, id.rawValue.bytes) { try User.domain(in: $0) }
  }

  /// The user with that very address; aliases, plus-addresses and `postmaster@` are not followed.
  public func user(_ localPart: LocalPart, in domain: DomainID) throws -> User? {
    guard
      case .user(let id)? = try withRow(
        .address, DirectoryKey.address(domain, localPart), { try AddressTarget($0) }) ?? nil
    else { return nil }
    return try user(id)
  }

  /// The user who signs in as `name`, which is a full address; nil where there is none.
  ///
  /// Neither switches nor settings are asked: see `mayUse`.
  public func user(signingInAs name: String) throws -> User? {
    guard let at = name.lastIndex(of: "@"), let local = LocalPart(String(name[..<at])),
      let domain = try domain(named: String(name[name.index(after: at)...]))
    else { return nil }
    return try user(local, in: domain.id)
  }

  /// The users of a domain that are not deleted, in the order of their addresses, from the one
  /// after `localPart` on.
  public func users(
    in domain: DomainID, after localPart: LocalPart? = nil, limit: Int = .max
  ) throws -> [User] {
    var ids: [UserID] = []
    let start = localPart.map { DirectoryKey.address(domain, $0) + [0] }
    try scan(.address, prefix: domain.rawValue.bytes, from: start) { _, row in
      if case .user(let id)? = try AddressTarget(row) { ids.append(id) }
      return ids.count < limit
    }
    return try ids.compactMap { try user($0) }
  }

  /// The user's address, `local@domain`; nil where one of the two is erased.
  public func address(of user: User) throws -> String? {
    guard let localPart = user.localPart, let name = try domain(user.domain)?.name else {
      return nil
    }
    return "\(localPart)@\(name)"
  }

  /// What a user's mailboxes hold together.
  public func use(of user: UserID) throws -> UserUse {
    if case .batch(let batch) = source { return try batch.use(of: user) }
    return try withRow(.userUse, user.rawValue.bytes) { try UserUse($0) } ?? UserUse()
  }

  /// The domain that `text` names, in whatever form; nil where it names none.
  public func domain(named text: String) throws -> Domain? {
    let name: DomainName
    do { name = try DomainName(text) } catch { return nil }
    return try domain(named: name)
  }
}
