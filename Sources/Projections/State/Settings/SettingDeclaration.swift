import Events

/// One setting as it is declared, once: what it is called, what it may hold and who may change it.
///
/// The command line, the checks in `ChangeSettings` and `docs/settings.md` all read this value;
/// nothing about a setting is written down a second time.
public final class SettingDeclaration: Sendable {
  /// Frozen: it is in the journal. Lower case, words joined by `_`, families by `.`.
  public let key: String
  public let kind: SettingKind
  public let unit: SettingUnit?
  /// The canonical text of the value in force where nobody set one; empty means none.
  public let standard: String
  public let privacy: SettingPrivacy
  public let levels: Set<SettingLevel>
  /// The least of the roles that may change it.
  public let changer: SettingRole
  public let enforcement: SettingEnforcement
  /// One line for people.
  public let help: String
  /// Whether what is set for a domain counts for its users.
  let reachesUsers: Bool

  init(
    key: String, kind: SettingKind, unit: SettingUnit?, standard: String, privacy: SettingPrivacy,
    levels: Set<SettingLevel>, changer: SettingRole, enforcement: SettingEnforcement, help: String
  ) {
    self.key = key
    self.kind = kind
    self.unit = unit
    self.standard = standard
    self.privacy = privacy
    self.levels = levels
    self.changer = changer
    self.enforcement = enforcement
    self.help = help
    reachesUsers = levels.contains(.domain)
  }

  /// The canonical text of `raw`. Throws `Refusal.invalid`, which says what would be accepted.
  public func canonical(_ raw: String) throws(Refusal) -> String {
    do { return try kind.canonical(raw) } catch {
      throw .invalid(what: "\(key) = \(raw.prefix(80))", why: error.reason)
    }
  }
}

/// Where a setting can be given a value. A user's value wins over the domain's, which wins over the
/// declared default; a system value of a domain setting is the template for domains made later.
public enum SettingLevel: String, Sendable, Hashable, CaseIterable, Comparable {
  case system, domain, user

  public static func < (left: SettingLevel, right: SettingLevel) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// Who may change a setting; each may what the ones after it may.
public enum SettingRole: String, Sendable, Hashable, CaseIterable {
  case system = "system administrator"
  case domain = "domain administrator"
  case user = "user"
}

/// How a setting's value is kept in the journal.
public enum SettingPrivacy: String, Sendable, Hashable {
  /// In clear, in the event.
  case `public`
  /// Sealed under the subject's key.
  case personal
  /// In a keyring slot; the event carries the slot, replacing the value destroys it.
  case secret
}

public enum SettingUnit: String, Sendable, Hashable {
  case seconds, minutes, hours, days, months
  case kilobytes = "KB of 1,024 octets"
  case megabytes = "MB of 1,048,576 octets"
  case messages, recipients, users, accounts, connections, commands, iterations, threads
  case attempts, points, port, percent
}

/// Where a setting acts, or why it cannot be changed yet.
public enum SettingEnforcement: Sendable, Hashable {
  case at(String)
  case awaits(String)

  public var isAwaited: Bool { if case .awaits = self { true } else { false } }
}
