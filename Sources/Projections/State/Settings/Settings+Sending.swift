/// Priority and throttling of what leaves the domain. SPEC §2.6, §2.7
extension Settings {
  static let priority: [SettingDeclaration] =
    [
      priorityClass("standard", "mail of no other class"),
      priorityClass("mailing_list", "mail of mailing lists"),
      priorityClass("over_size", "messages over the size threshold"),
      priorityClass("auto_responder", "automatic replies"),
      priorityClass("bounce", "delivery reports"),
      priorityClass("email_report", "reports by mail"),
      priorityClass("event_email", "mail about events"),
      priorityClass("attempt_x", "messages after attempt X"),
      priorityClass("attempt_y", "messages after attempt Y"),
    ].flatMap { $0 } + [
      awaited(
        "the spool", "priority.over_size_threshold", .number(1...4_194_304, zero: nil),
        unit: .kilobytes, standard: "5000", by: .domain,
        help: "Size above which a message is over size"),
      awaited(
        "the spool", "priority.attempt_x_after", .number(1...100, zero: nil), unit: .attempts,
        standard: "3", by: .domain, help: "X: attempts after which the class applies"),
      awaited(
        "the spool", "priority.attempt_y_after", .number(1...100, zero: nil), unit: .attempts,
        standard: "6", by: .domain, help: "Y: attempts after which the class applies"),
      awaited(
        "outbound gateways", "delivery.gateways", .list(.line, most: 100), standard: "",
        levels: [.system], help: "Smart hosts, each for a range of priorities"),
    ]

  static let throttling: [SettingDeclaration] = [
    throttle(
      "messages_per_hour", 5_000, .messages, "Outgoing messages per clock hour"),
    throttle(
      "bandwidth_per_hour", 100, .megabytes, "Outgoing bytes per clock hour"),
    throttle(
      "bounces_per_hour", 1_000, .messages, "Bounces received per clock hour"),
  ].flatMap { $0 }

  private static func priorityClass(_ name: String, _ what: String) -> [SettingDeclaration] {
    [
      awaited(
        "the spool", "priority.\(name)", .number(1...10, zero: nil), unit: .points,
        standard: "5", by: .domain, help: "Priority of \(what), 10 first"),
      awaited(
        "the spool", "priority.\(name)_enabled", .toggle, standard: "on", by: .domain,
        help: "Whether \(what) have their own priority"),
    ]
  }

  private static func throttle(
    _ name: String, _ standard: Int, _ unit: SettingUnit, _ what: String
  ) -> [SettingDeclaration] {
    [
      awaited(
        "throttling", "throttle.\(name)", .number(1...1_000_000_000, zero: "unlimited"),
        unit: unit, standard: String(standard), levels: [.domain, .user], by: .domain,
        help: what),
      awaited(
        "throttling", "throttle.\(name)_enabled", .toggle, standard: "on",
        levels: [.domain, .user], by: .domain, help: "\(what): whether the limit applies"),
      awaited(
        "throttling", "throttle.\(name)_action", .choice(["delay", "reject"]), standard: "delay",
        levels: [.domain, .user], by: .domain, help: "\(what): what happens at the limit"),
    ]
  }
}
