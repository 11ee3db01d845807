import Events
import Platform

/// Whose setting is meant.
public enum SettingTarget: Hashable, Sendable {
  /// The server's own, or the template of domains made later.
  case system
  case domain(DomainID)
  case user(UserID)

  public var level: SettingLevel {
    switch self {
    case .system: .system
    case .domain: .domain
    case .user: .user
    }
  }

  /// Key of `setting`: level 1 (0 system, 1 domain, 2 user), id 16 (zero for the system), the key.
  var prefix: [UInt8] {
    switch self {
    case .system: [0] + DomainID.zero.rawValue.bytes
    case .domain(let domain): [1] + domain.rawValue.bytes
    case .user(let user): [2] + user.rawValue.bytes
    }
  }

  func key(_ setting: String) -> [UInt8] { prefix + Array(setting.utf8) }
}
