/// Remote delivery and protection: declared now, changed once they are built. SPEC §2.9, 5, 6
extension Settings {
  static let delivery: [SettingDeclaration] = [
    workers("worker.deliveries", 100, "Deliveries at once"),
    workers("worker.deliveries_per_destination", 10, "Deliveries at once to one destination"),
    workers("worker.deliveries_per_domain", 50, "Deliveries at once for one source domain"),
    awaited(
      "remote delivery", "retry.schedule", .list(.count, most: 20), unit: .minutes,
      standard: "15,45,105,225,465", levels: [.system],
      help: "Minutes from the first attempt to the next ones"),
    awaited(
      "remote delivery", "retry.interval", .number(1...10_080, zero: nil), unit: .minutes,
      standard: "240", levels: [.system], help: "Minutes between attempts after the schedule"),
    awaited(
      "remote delivery", "retry.lifetime", .number(1...720, zero: nil), unit: .hours,
      standard: "120", levels: [.system], help: "Time after which a message is given up"),
    awaited(
      "remote delivery", "delivery.port", .number(1...65_535, zero: nil), unit: .port,
      standard: "25", levels: [.system], help: "Port of other servers, for tests and relays"),
    awaited(
      "remote delivery", "delivery.route", .text(.endpoint, longest: 60), standard: "",
      levels: [.system], help: "Deliver everything here, for tests and relays"),
  ]

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

  private static func workers(
    _ key: String, _ standard: Int, _ what: String
  ) -> SettingDeclaration {
    awaited(
      "remote delivery", key, .number(1...10_000, zero: nil), unit: .connections,
      standard: String(standard), levels: [.system], help: what)
  }

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
