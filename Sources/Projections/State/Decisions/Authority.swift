import Events

/// What the actor of a request may do, read from State at the moment of the decision.
public enum Authority: Hashable, Sendable {
  /// The server itself, or an operator of the machine.
  case system
  /// A user who administers the domain they belong to.
  case domainAdministrator(User)
  case user(User)
  /// A peer that did not sign in, or a user who is gone.
  case nobody

  /// Whether it reaches everything in the domain.
  func administers(_ domain: DomainID) -> Bool {
    switch self {
    case .system: true
    case .domainAdministrator(let user): user.domain == domain
    case .user, .nobody: false
    }
  }

  /// Whether it reaches the user's own things: the user does, and who administers the domain.
  func isOrAdministers(_ user: User) -> Bool {
    if case .user(let actor) = self { return actor.id == user.id }
    return administers(user.domain)
  }
}

extension StateView {
  /// What `actor` may do.
  public func authority(of actor: ActorID) throws -> Authority {
    if actor == .server || actor.operatorUID != nil { return .system }
    guard let id = actor.user, let user = try user(id), !user.isDeleted else { return .nobody }
    return user.isAdministrator ? .domainAdministrator(user) : .user(user)
  }

  func requireSystem(_ origin: ActorID, _ what: String) throws {
    guard case .system = try authority(of: origin) else { throw Refusal.forbidden(what: what) }
  }

  func requireAdministrator(_ actor: ActorID, of domain: DomainID, _ what: String) throws {
    guard try authority(of: actor).administers(domain) else {
      throw Refusal.forbidden(what: what)
    }
  }
}

// What decisions look up before anything else.
extension StateView {
  func existingDomain(_ id: DomainID) throws -> Domain {
    guard let domain = try domain(id), !domain.isDeleted else {
      throw Refusal.notFound(what: "the domain")
    }
    return domain
  }

  func existingUser(_ id: UserID) throws -> User {
    guard let user = try user(id), !user.isDeleted else {
      throw Refusal.notFound(what: "the user")
    }
    return user
  }

  /// The mailbox, if it is the user's: for others it does not exist.
  func mailbox(_ id: MailboxID, ownedBy user: UserID) throws -> Mailbox {
    guard let mailbox = try mailbox(id), mailbox.user == user, !mailbox.isDeleted else {
      throw Refusal.notFound(what: "the mailbox")
    }
    return mailbox
  }
}
