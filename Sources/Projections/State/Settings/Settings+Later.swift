/// Protection: declared now, changed once it is built. SPEC §6
extension Settings {
  static let protection: [SettingDeclaration] =
    [
      awaited(
        "greylisting", "greylisting.delay", .number(1...1_440, zero: nil), unit: .minutes,
        standard: "15", levels: [.system], help: "Time for which an unknown triplet is refused"),
      awaited(
        "greylisting", "greylisting.pass", .number(1...168, zero: nil), unit: .hours,
        standard: "6", levels: [.system], help: "Time in which the second attempt must come"),
      awaited(
        "greylisting", "greylisting.memory", .number(1...365, zero: nil), unit: .days,
        standard: "36", levels: [.system], help: "Time for which a triplet is remembered"),
    ]
    + abuse("denial_of_service", 200, 5, 5, "connections")
    + abuse("bad_smtp_sessions", 20, 5, 5, "SMTP sessions that end without a message")
    + abuse("harvesting", 50, 10, 60, "unknown recipients")
    + abuse("brute_force", 10, 10, 30, "failed sign-ins per address and protocol")
    + abuse("internal_spammer", 500, 30, 0, "messages of one user")
    + abuse("bounces", 100, 60, 0, "bounces of one user")

  private static func abuse(
    _ name: String, _ threshold: Int, _ period: Int, _ block: Int, _ what: String
  ) -> [SettingDeclaration] {
    [
      awaited(
        "abuse detection", "abuse.\(name)_threshold", .number(1...1_000_000, zero: "off"),
        unit: .attempts, standard: String(threshold), levels: [.system],
        help: "How many \(what) in the period are abuse"),
      awaited(
        "abuse detection", "abuse.\(name)_period", .number(1...1_440, zero: nil), unit: .minutes,
        standard: String(period), levels: [.system], help: "The period in which they count"),
      awaited(
        "abuse detection", "abuse.\(name)_block", .number(1...10_080, zero: "notify only"),
        unit: .minutes, standard: String(block), levels: [.system],
        help: "How long the source is blocked"),
    ]
  }
}
