/// A declared setting together with the type of its value: the handle by which code reads it.
public struct Setting<Value: SettingValue>: Sendable {
  public let declaration: SettingDeclaration
  /// The value in force where nobody set one.
  public let standard: Value

  public var key: String { declaration.key }

  /// The value that `text` from the journal stands for; the standard where it cannot be read.
  func value(of text: String?) -> Value {
    guard let text else { return standard }
    return Value(settingText: text) ?? standard
  }
}

extension Setting where Value == Bool {
  static func toggle(
    _ key: String, standard: Bool, levels: Set<SettingLevel>, by changer: SettingRole,
    enforced: SettingEnforcement, help: String
  ) -> Setting {
    Setting(
      declaration: SettingDeclaration(
        key: key, kind: .toggle, unit: nil, standard: standard.settingText, privacy: .public,
        levels: levels, changer: changer, enforcement: enforced, help: help),
      standard: standard)
  }
}

extension Setting where Value == Int {
  static func number(
    _ key: String, _ range: ClosedRange<Int>, zero: String? = nil, standard: Int,
    unit: SettingUnit, levels: Set<SettingLevel>, by changer: SettingRole,
    enforced: SettingEnforcement, help: String
  ) -> Setting {
    Setting(
      declaration: SettingDeclaration(
        key: key, kind: .number(range, zero: zero), unit: unit, standard: standard.settingText,
        privacy: .public, levels: levels, changer: changer, enforcement: enforced, help: help),
      standard: standard)
  }
}

extension Setting where Value == String {
  static func text(
    _ key: String, _ shape: SettingText, longest: Int = 255, standard: String,
    privacy: SettingPrivacy = .public, levels: Set<SettingLevel>, by changer: SettingRole,
    enforced: SettingEnforcement, help: String
  ) -> Setting {
    Setting(
      declaration: SettingDeclaration(
        key: key, kind: .text(shape, longest: longest), unit: nil, standard: standard,
        privacy: privacy, levels: levels, changer: changer, enforcement: enforced, help: help),
      standard: standard)
  }
}

extension Setting where Value == [String] {
  static func list(
    _ key: String, _ shape: SettingText, most: Int, standard: [String] = [],
    unit: SettingUnit? = nil, privacy: SettingPrivacy = .public, levels: Set<SettingLevel>,
    by changer: SettingRole, enforced: SettingEnforcement, help: String
  ) -> Setting {
    Setting(
      declaration: SettingDeclaration(
        key: key, kind: .list(shape, most: most), unit: unit, standard: standard.settingText,
        privacy: privacy, levels: levels, changer: changer, enforcement: enforced, help: help),
      standard: standard)
  }
}

extension Setting where Value: RawRepresentable<String> & CaseIterable {
  static func choice(
    _ key: String, standard: Value, levels: Set<SettingLevel>, by changer: SettingRole,
    enforced: SettingEnforcement, help: String
  ) -> Setting {
    Setting(
      declaration: SettingDeclaration(
        key: key, kind: .choice(Value.allCases.map(\.rawValue)), unit: nil,
        standard: standard.settingText, privacy: .public, levels: levels, changer: changer,
        enforcement: enforced, help: help),
      standard: standard)
  }
}
