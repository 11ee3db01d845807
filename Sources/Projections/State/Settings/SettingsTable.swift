/// The documentation table of all settings, as `docs/settings.md` holds it.
public enum SettingsTable {
  /// The whole file, generated from the declarations and nothing else.
  public static func markdown() -> String {
    let awaited = Settings.all.count { $0.enforcement.isAwaited }
    var lines = [
      "# Settings", "",
      "Generated from the declarations in `Sources/Projections/State/Settings`; a test compares.",
      "Of \(Settings.all.count) settings \(Settings.all.count - awaited) are in force; \(awaited)"
        + " await their feature and refuse to be changed, with that reason.", "",
      "A user's value wins over the domain's, which wins over the default. A system value of a"
        + " domain's setting is the template for domains created later.", "",
      "| key | default | values | unit | levels | who | kept | in force at | meaning |",
      "|---|---|---|---|---|---|---|---|---|",
    ]
    for declaration in Settings.all { lines.append(row(declaration)) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func row(_ declaration: SettingDeclaration) -> String {
    let levels = declaration.levels.sorted().map(\.rawValue).joined(separator: ", ")
    let enforcement =
      switch declaration.enforcement {
      case .at(let place): place
      case .awaits(let feature): "awaits \(feature)"
      }
    let cells = [
      "`\(declaration.key)`", declaration.standard.isEmpty ? "-" : declaration.standard,
      declaration.kind.range, declaration.unit?.rawValue ?? "-", levels,
      declaration.changer.rawValue, declaration.privacy.rawValue, enforcement, declaration.help,
    ]
    return "| " + cells.joined(separator: " | ") + " |"
  }
}
