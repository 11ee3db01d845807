/// Settings of one scope were changed in one act.
public struct SettingChanged: BlankPayload {
  public static let type = EventType("setting.changed")
  public static let about = "Settings of the system, a domain or a user were changed together."

  public var user: UserID?
  public var scope = SettingScope.system
  public var domain: DomainID?
  public var changes: [SettingChange] = []
  public var secrets: [SecretChange] = []
  /// The changes of settings whose values are personal.
  public var personalChanges: Personal<[SettingChange]> = .absent

  init() {}

  public init(
    user: UserID? = nil, scope: SettingScope, domain: DomainID? = nil, changes: [SettingChange],
    secrets: [SecretChange], personalChanges: [SettingChange]?
  ) {
    self.user = user
    self.scope = scope
    self.domain = domain
    self.changes = changes
    self.secrets = secrets
    self.personalChanges = Personal(personalChanges)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("user", &user)
    try walker.public("scope", &scope)
    try walker.public("domain", &domain)
    try walker.public("changes", &changes)
    try walker.public("secrets", &secrets)
    try walker.personal("personal_changes", &personalChanges)
  }
}
