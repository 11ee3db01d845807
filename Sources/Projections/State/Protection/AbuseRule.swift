import Events
import Platform

/// What counts as abuse. The raw values are in the journal. SPEC §6
public enum AbuseRule: String, CaseIterable, Hashable, Sendable {
  case denialOfService = "denial_of_service"
  /// SMTP sessions that end without a message.
  case badSessions = "bad_smtp_sessions"
  /// Recipients that do not exist.
  case harvesting
  /// Failed sign-ins.
  case bruteForce = "brute_force"
  /// Failed sign-ins to one account, wherever they come from. It never shuts the account: a stranger
  /// could lock its owner out.
  case accountGuessing = "account_guessing"
  /// Messages that one user sends.
  case internalSpammer = "internal_spammer"
  /// Reports of failed delivery that one user gets.
  case bounces
}

/// Whom a rule counts: a client, or a user.
public enum AbuseSubject: Hashable, Sendable {
  /// An IPv4 address, or the first address of an IPv6 /64.
  case client(IPAddress)
  case user(UserID)

  /// The client behind an address, as all rules count it.
  public static func client(at address: IPAddress) -> AbuseSubject { .client(address.subscriber) }

  /// As events name a client: `192.0.2.1` or `2001:db8::/64`; nil for a user.
  public var source: String? {
    guard case .client(let address) = self else { return nil }
    return address.isV4 ? "\(address)" : "\(address)/64"
  }

  public var user: UserID? {
    guard case .user(let user) = self else { return nil }
    return user
  }

  init?(source: String?, user: UserID?) {
    if let user {
      self = .user(user)
    } else {
      guard let network = source.flatMap({ IPNetwork($0) }) else { return nil }
      self = .client(network.address.subscriber)
    }
  }
}

/// What one counter counts.
public struct AbuseKey: Hashable, Sendable {
  public let rule: AbuseRule
  public let service: ProtectedService
  public let subject: AbuseSubject

  public init(_ rule: AbuseRule, _ service: ProtectedService, _ subject: AbuseSubject) {
    self.rule = rule
    self.service = service
    self.subject = subject
  }
}

/// A rule's numbers as the settings have them.
public struct AbusePolicy: Hashable, Sendable {
  /// 0 switches the rule off.
  public let threshold: Int
  public let seconds: Int
  /// How long a source is blocked; 0 only notifies.
  public let blockSeconds: Int

  public init(threshold: Int, seconds: Int, blockSeconds: Int) {
    self.threshold = threshold
    self.seconds = seconds
    self.blockSeconds = blockSeconds
  }
}

extension StateView {
  public func policy(of rule: AbuseRule) throws -> AbusePolicy {
    guard let settings = Settings.abuse[rule] else {
      return AbusePolicy(threshold: 0, seconds: 60, blockSeconds: 0)
    }
    let block = try settings.block.map { try value($0, for: .system) } ?? 0
    return AbusePolicy(
      threshold: try value(settings.threshold, for: .system),
      seconds: try value(settings.period, for: .system) * 60, blockSeconds: block * 60)
  }
}
