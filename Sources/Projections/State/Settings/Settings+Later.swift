/// Remote delivery: declared now, changed once it is built. SPEC §2.9, 5
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

  private static func workers(
    _ key: String, _ standard: Int, _ what: String
  ) -> SettingDeclaration {
    awaited(
      "remote delivery", key, .number(1...10_000, zero: nil), unit: .connections,
      standard: String(standard), levels: [.system], help: what)
  }
}
