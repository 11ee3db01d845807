/// Greylisting, abuse detection and who is exempt from both. SPEC §6, §2.2
extension Settings {
  public static let whitelist = Setting.list(
    "protection.whitelist", .network, most: 100, standard: ["127.0.0.0/8", "::1/128"],
    levels: [.system], by: .system, enforced: .at("listeners, SMTP RCPT"),
    help: "Networks that are never greylisted, counted or blocked, whatever the service")

  public static let trustedProxies = Setting.list(
    "proxy.trusted", .network, most: 100, levels: [.system], by: .system,
    enforced: .at("listeners"),
    help: "Networks whose connections begin with a PROXY header, which is believed")

  public static let greylistDisabled = Setting.toggle(
    "greylisting.disabled", standard: false, levels: [.domain, .user], by: .domain,
    enforced: .at("SMTP RCPT"), help: "Do not greylist mail for the domain, or for the user")

  public static let greylistDelay = Setting.number(
    "greylisting.delay", 1...1_440, zero: "off", standard: 15, unit: .minutes, levels: [.system],
    by: .system, enforced: .at("SMTP RCPT (451)"),
    help: "Time for which an unknown triplet is refused")

  public static let greylistPass = Setting.number(
    "greylisting.pass", 1...168, standard: 6, unit: .hours, levels: [.system], by: .system,
    enforced: .at("SMTP RCPT"), help: "Time after the delay in which the next attempt must come")

  public static let greylistMemory = Setting.number(
    "greylisting.memory", 1...365, standard: 36, unit: .days, levels: [.system], by: .system,
    enforced: .at("SMTP RCPT"), help: "Time for which a triplet that passed is remembered")

  /// The numbers of one rule of abuse detection.
  struct Abuse: Sendable {
    /// 0 switches the rule off.
    let threshold: Setting<Int>
    let period: Setting<Int>
    /// Nil for a rule that only notifies.
    let block: Setting<Int>?

    var declarations: [SettingDeclaration] {
      [threshold.declaration, period.declaration] + (block.map { [$0.declaration] } ?? [])
    }
  }

  static let abuse: [AbuseRule: Abuse] = [
    .denialOfService: rule(.denialOfService, 200, 5, 5, "listeners", "connections"),
    .badSessions: rule(
      .badSessions, 20, 5, 5, "SMTP sessions", "SMTP sessions that end without a message"),
    .harvesting: rule(.harvesting, 50, 10, 60, "SMTP RCPT, VRFY, EXPN", "unknown recipients"),
    .bruteForce: rule(
      .bruteForce, 10, 10, 30, "sign-in", "failed sign-ins per address and protocol"),
    .accountGuessing: rule(
      .accountGuessing, 50, 10, nil, "sign-in, notifies only",
      "failed sign-ins to one account per protocol"),
    .internalSpammer: rule(
      .internalSpammer, 500, 30, nil, "SMTP, notifies only", "messages of one user"),
    .bounces: rule(.bounces, 100, 60, nil, "SMTP, notifies only", "bounces to one user"),
  ]

  static let protection: [SettingDeclaration] =
    [
      whitelist.declaration, greylistDelay.declaration, greylistPass.declaration,
      greylistMemory.declaration,
    ] + AbuseRule.allCases.flatMap { abuse[$0]?.declarations ?? [] }

  private static func rule(
    _ rule: AbuseRule, _ threshold: Int, _ period: Int, _ block: Int?, _ place: String,
    _ what: String
  ) -> Abuse {
    Abuse(
      threshold: .number(
        "abuse.\(rule.rawValue)_threshold", 1...1_000_000, zero: "off", standard: threshold,
        unit: .attempts, levels: [.system], by: .system, enforced: .at(place),
        help: "How many \(what) in the period are abuse"),
      period: .number(
        "abuse.\(rule.rawValue)_period", 1...1_440, standard: period, unit: .minutes,
        levels: [.system], by: .system, enforced: .at(place),
        help: "The period in which they count"),
      block: block.map {
        .number(
          "abuse.\(rule.rawValue)_block", 1...10_080, zero: "notify only", standard: $0,
          unit: .minutes, levels: [.system], by: .system, enforced: .at(place),
          help: "How long the source is blocked")
      })
  }
}
