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
    var prefix = RowWriter(capacity: 17)
    write(to: &prefix)
    return prefix.bytes
  }

  func key(_ setting: String) -> [UInt8] {
    var key = RowWriter(capacity: 17 + setting.utf8.count)
    write(to: &key)
    key.raw(setting.utf8)
    return key.bytes
  }

  private func write(to key: inout RowWriter) {
    switch self {
    case .system:
      key.uint8(0)
      key.id(.zero)
    case .domain(let domain):
      key.uint8(1)
      key.id(domain.rawValue)
    case .user(let user):
      key.uint8(2)
      key.id(user.rawValue)
    }
  }
}
