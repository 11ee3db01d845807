/// Priority, throttling and passing on of what leaves the domain. SPEC §2.6, §2.7, §3
extension Settings {
  /// The priority of a class of messages, and whether the class counts at all.
  struct PriorityClass: Sendable {
    let value: Setting<Int>
    let isEnabled: Setting<Bool>
    let what: String
  }

  static let priorityClasses: [PriorityReason: PriorityClass] = [
    .standard: priorityClass(.standard, "mail of no other class"),
    .mailingList: priorityClass(.mailingList, "mail of mailing lists"),
    .overSize: priorityClass(.overSize, "messages over the size threshold"),
    .autoResponder: priorityClass(.autoResponder, "automatic replies"),
    .bounce: priorityClass(.bounce, "delivery reports"),
    .emailReport: priorityClass(.emailReport, "reports by mail"),
    .eventEmail: priorityClass(.eventEmail, "mail about events"),
    .attemptX: priorityClass(.attemptX, "messages after attempt X"),
    .attemptY: priorityClass(.attemptY, "messages after attempt Y"),
  ]

  static let overSizeThreshold = Setting.number(
    "priority.over_size_threshold", 1...4_194_304, standard: 5_000, unit: .kilobytes,
    levels: [.domain], by: .domain, enforced: .at("the spool"),
    help: "Size above which a message is over size")

  static let attemptX = attempts("x", 3)
  static let attemptY = attempts("y", 6)

  static let priority: [SettingDeclaration] =
    PriorityReason.allCases.compactMap { priorityClasses[$0] }.flatMap {
      [$0.value.declaration, $0.isEnabled.declaration]
    } + [
      overSizeThreshold.declaration, attemptX.declaration, attemptY.declaration,
    ]

  private static func priorityClass(_ reason: PriorityReason, _ what: String) -> PriorityClass {
    PriorityClass(
      value: .number(
        "priority.\(reason.rawValue)", 1...10, standard: 5, unit: .points, levels: [.domain],
        by: .domain, enforced: .at("the spool"), help: "Priority of \(what), 10 first"),
      isEnabled: .toggle(
        "priority.\(reason.rawValue)_enabled", standard: true, levels: [.domain], by: .domain,
        enforced: .at("the spool"), help: "Whether \(what) have their own priority"),
      what: what)
  }

  private static func attempts(_ name: String, _ standard: Int) -> Setting<Int> {
    .number(
      "priority.attempt_\(name)_after", 1...100, standard: standard, unit: .attempts,
      levels: [.domain], by: .domain, enforced: .at("the spool"),
      help: "\(name.uppercased()): attempts after which the class applies")
  }
}

// MARK: throttling

/// What happens at a limit of the hour.
public enum ThrottleAction: String, CaseIterable, SettingValue {
  case delay, reject
}

extension Settings {
  /// A limit of the clock hour.
  struct Throttle: Sendable {
    /// 0 is unlimited; in the unit of the setting.
    let limit: Setting<Int>
    let isEnabled: Setting<Bool>
    let action: Setting<ThrottleAction>
  }

  static let throttles: [ThrottleCounter: Throttle] = [
    .messages: throttle(.messages, 5_000, .messages, "Outgoing messages per clock hour"),
    .octets: throttle(.octets, 100, .megabytes, "Outgoing bytes per clock hour"),
    .bounces: throttle(.bounces, 1_000, .messages, "Bounces received per clock hour"),
  ]

  static let throttling: [SettingDeclaration] = ThrottleCounter.allCases.compactMap {
    throttles[$0]
  }.flatMap { [$0.limit.declaration, $0.isEnabled.declaration, $0.action.declaration] }

  private static func throttle(
    _ counter: ThrottleCounter, _ standard: Int, _ unit: SettingUnit, _ what: String
  ) -> Throttle {
    let place = SettingEnforcement.at(counter == .bounces ? "SMTP RCPT" : "the spool, SMTP RCPT")
    return Throttle(
      limit: .number(
        counter.setting, 1...1_000_000_000, zero: "unlimited", standard: standard, unit: unit,
        levels: [.domain, .user], by: .domain, enforced: place, help: what),
      isEnabled: .toggle(
        "\(counter.setting)_enabled", standard: true, levels: [.domain, .user], by: .domain,
        enforced: place, help: "\(what): whether the limit applies"),
      action: .choice(
        "\(counter.setting)_action", standard: .delay, levels: [.domain, .user], by: .domain,
        enforced: place, help: "\(what): what happens at the limit"))
  }
}

// MARK: forwards

extension Settings {
  public static let forwardTargets = Setting.list(
    "forward.targets", .mailAddress, most: 20, privacy: .personal, levels: [.user], by: .user,
    enforced: .at("recipient resolution"), help: "Addresses that get what the user gets")

  public static let forwardDeletes = Setting.toggle(
    "forward.delete", standard: false, levels: [.user], by: .user,
    enforced: .at("recipient resolution"), help: "Keep no copy of what is passed on")

  static let forwarding: [SettingDeclaration] = [
    forwardTargets.declaration, forwardDeletes.declaration,
  ]
}
