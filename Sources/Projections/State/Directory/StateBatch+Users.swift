import Events
import Platform

// Folds of users. `user` id -> row; `address` domain id, local part -> target; `domain_user` domain
// id, user id -> nothing, of users that are not deleted.
extension StateBatch {
  func fold(_ event: UserAdded, _ header: EventHeader) throws {
    guard let domainID = header.domain else { return }
    let localPart = event.localPart.value.map { LocalPart(canonical: Array($0.utf8)) }
    let user = User(
      id: event.user, domain: domainID, key: event.key, verifier: event.verifier, cram: nil,
      isAdministrator: event.isAdministrator, isDeleted: false, created: header.time,
      position: header.position, localPart: localPart,
      displayName: event.displayName.value ?? "")
    try put(.user, event.user.rawValue.bytes, user.row)
    try put(.domainUser, DirectoryKey.domainUser(domainID, event.user), [])
    if let localPart {
      try put(
        .address, DirectoryKey.address(domainID, localPart),
        AddressTarget.user(event.user).row)
    }
    try changeUse(of: domainID) { $0.users += 1 }
    try changeUse(of: event.user) { _ in }
    guard event.isAdministrator, var domain = try domain(domainID), domain.administrator == nil
    else { return }
    domain.administrator = event.user
    try put(.domain, domainID.rawValue.bytes, domain.row)
  }

  func fold(_ event: UserDeleted, _ header: EventHeader) throws {
    guard var user = try user(event.user), !user.isDeleted else { return }
    user.isDeleted = true
    try put(.user, user.id.rawValue.bytes, user.row)
    try delete(.domainUser, DirectoryKey.domainUser(user.domain, user.id))
    if let localPart = user.localPart {
      try delete(.address, DirectoryKey.address(user.domain, localPart))
    }
    try deleteAll(.setting, prefix: SettingTarget.user(user.id).prefix)
    try deleteAll(.subscription, prefix: user.id.rawValue.bytes)
    try delete(.signIn, user.id.rawValue.bytes)
    try deleteAll(.responder, prefix: user.id.rawValue.bytes)
    try changeUse(of: user.domain) { $0.users.subtract(1) }
    try replaceAdministrator(user)
    try put(.purge, PurgeSubject.user(user.id).key, [])
    try forgetUserIfEmpty(user.id)
  }

  /// Removes the last rows of a deleted user once no mailbox is left.
  func forgetUserIfEmpty(_ id: UserID) throws {
    guard let user = try user(id), user.isDeleted, try use(of: id).mailboxes == 0 else { return }
    try delete(.user, id.rawValue.bytes)
    try delete(.userUse, id.rawValue.bytes)
    userUses[id] = nil
    try delete(.purge, PurgeSubject.user(id).key)
  }

  func fold(_ event: UserPasswordChanged, _ header: EventHeader) throws {
    guard var user = try user(event.user) else { return }
    user.verifier = event.verifier
    try put(.user, user.id.rawValue.bytes, user.row)
  }

  func fold(_ event: UserCRAMChanged, _ header: EventHeader) throws {
    guard var user = try user(event.user) else { return }
    user.cram = event.context
    try put(.user, user.id.rawValue.bytes, user.row)
  }

  func user(_ id: UserID) throws -> User? {
    try withRow(.user, id.rawValue.bytes) { try User(id, $0) }
  }

  /// Where the primary administrator is deleted, the administrator with the least id follows.
  private func replaceAdministrator(_ user: User) throws {
    guard var domain = try domain(user.domain), domain.administrator == user.id else { return }
    var candidates: [UserID] = []
    try scan(.domainUser, prefix: user.domain.rawValue.bytes) { key, _ in
      var cursor = RowCursor(at: 16)
      candidates.append(UserID(rawValue: try cursor.id(key)))
      return true
    }
    domain.administrator = try candidates.first { try self.user($0)?.isAdministrator ?? false }
    try put(.domain, domain.id.rawValue.bytes, domain.row)
  }
}

/// Keys of the directory's tables.
enum DirectoryKey {
  static func domainUser(_ domain: DomainID, _ user: UserID) -> [UInt8] {
    domain.rawValue.bytes + user.rawValue.bytes
  }

  static func address(_ domain: DomainID, _ localPart: LocalPart) -> [UInt8] {
    domain.rawValue.bytes + localPart.bytes
  }
}

/// What an address leads to. Row of `address`: kind 1 (1 user, 2 alias), id 16.
enum AddressTarget: Hashable {
  case user(UserID)
  case alias(AliasID)

  var row: [UInt8] {
    switch self {
    case .user(let user): [1] + user.rawValue.bytes
    case .alias(let alias): [2] + alias.rawValue.bytes
    }
  }

  init?(_ row: RawSpan) throws {
    var cursor = RowCursor()
    switch try cursor.uint8(row) {
    case 1: self = .user(UserID(rawValue: try cursor.id(row)))
    case 2: self = .alias(AliasID(rawValue: try cursor.id(row)))
    default: return nil
    }
  }
}

/// What is deleted and still has messages to remove. Key of `purge`: kind 1, id 16.
enum PurgeSubject: Hashable {
  case mailbox(MailboxID)
  case user(UserID)

  var key: [UInt8] {
    switch self {
    case .mailbox(let mailbox): [1] + mailbox.rawValue.bytes
    case .user(let user): [2] + user.rawValue.bytes
    }
  }

  init?(_ key: RawSpan) throws {
    var cursor = RowCursor()
    switch try cursor.uint8(key) {
    case 1: self = .mailbox(MailboxID(rawValue: try cursor.id(key)))
    case 2: self = .user(UserID(rawValue: try cursor.id(key)))
    default: return nil
    }
  }
}
