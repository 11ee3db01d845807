/// Every setting of Daybook, by family in the files beside this one. SPEC §2
public enum Settings {
  /// All declarations, in the order of the documentation.
  public static let all: [SettingDeclaration] =
    options + technical + signIn + features + services + limits + sharing + priority + throttling
    + forwarding + responder + publication + host + listeners + sockets
    + connections + delivery + protection + upkeep

  /// The declaration of `key`, or nil where there is none.
  public static func declaration(_ key: String) -> SettingDeclaration? { byKey[key] }

  private static let byKey: [String: SettingDeclaration] = Dictionary(
    all.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })

  /// A declaration of which no value is read yet, because its feature is not built.
  static func awaited(
    _ feature: String, _ key: String, _ kind: SettingKind, unit: SettingUnit? = nil,
    standard: String, levels: Set<SettingLevel> = [.domain], by changer: SettingRole = .system,
    privacy: SettingPrivacy = .public, help: String
  ) -> SettingDeclaration {
    SettingDeclaration(
      key: key, kind: kind, unit: unit, standard: standard, privacy: privacy, levels: levels,
      changer: changer, enforcement: .awaits(feature), help: help)
  }
}
