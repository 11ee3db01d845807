import Events

/// Room that is left for one user, with the limit that is nearest.
public struct Room: Hashable, Sendable {
  /// Octets of the limit; 0 where there is none.
  public let limit: UInt64
  /// Octets in use under that limit.
  public let used: UInt64

  public var isUnlimited: Bool { limit == 0 }

  /// Octets that can still be filed.
  public var left: UInt64 { limit == 0 ? .max : limit > used ? limit - used : 0 }
}

extension StateView {
  /// The room a user has: the lesser of what the mailbox size and the domain's disk space leave.
  public func room(of user: UserID) throws -> Room {
    guard let domain = try self.user(user)?.domain else { return Room(limit: 1, used: 1) }
    let own = try room(ofUserAlone: user)
    let shared = try room(of: domain)
    return own.left <= shared.left ? own : shared
  }

  /// The room that the user's own limit leaves.
  func room(ofUserAlone user: UserID) throws -> Room {
    Room(limit: try megabytes(Settings.mailboxSize, .user(user)), used: try use(of: user).bytes)
  }

  /// The room a domain has.
  public func room(of domain: DomainID) throws -> Room {
    Room(
      limit: try megabytes(Settings.diskSpace, .domain(domain)), used: try use(of: domain).bytes)
  }

  /// The largest message the domain takes, in octets; 0 where it takes any.
  public func messageLimit(of domain: DomainID) throws -> UInt64 {
    UInt64(try value(Settings.messageSize, for: .domain(domain))) * 1_024
  }

  /// How many recipients a message of the domain's users may have; never more than 1,000.
  public func recipientLimit(of domain: DomainID?) throws -> Int {
    guard let domain else { return Settings.recipients.standard }
    let limit = try value(Settings.recipients, for: .domain(domain))
    return limit == 0 ? 1_000 : limit
  }

  /// Whether the user may use a service now: neither deleted nor disabled, nor the domain, and the
  /// service is on.
  public func mayUse(_ service: Setting<Bool>, _ user: User) throws -> Bool {
    guard !user.isDeleted, let domain = try domain(user.domain), !domain.isDeleted else {
      return false
    }
    return try !value(Settings.domainDisabled, for: .domain(domain.id))
      && !value(Settings.userDisabled, for: .user(user.id)) && value(service, for: .user(user.id))
  }

  private func megabytes(_ setting: Setting<Int>, _ target: SettingTarget) throws -> UInt64 {
    UInt64(try value(setting, for: target)) * 1_048_576
  }
}
