/// How mail leaves: workers, attempts, ways. SPEC §2.9, §5
extension Settings {
  public static let deliveries = workers("worker.deliveries", 100, "Deliveries at once")
  public static let deliveriesPerDestination = workers(
    "worker.deliveries_per_destination", 20, "Deliveries at once to one destination")
  public static let deliveriesPerDomain = workers(
    "worker.deliveries_per_domain", 50, "Deliveries at once for one source domain")

  public static let retrySchedule = Setting.list(
    "retry.schedule", .count, most: 20, standard: ["15", "45", "105", "225", "465"],
    unit: .minutes, levels: [.system], by: .system, enforced: .at(relay),
    help: "Minutes from the first attempt to the next ones")

  public static let retryInterval = Setting.number(
    "retry.interval", 1...10_080, standard: 240, unit: .minutes, levels: [.system], by: .system,
    enforced: .at(relay), help: "Minutes between attempts after the schedule")

  public static let retryLifetime = Setting.number(
    "retry.lifetime", 1...720, standard: 120, unit: .hours, levels: [.system], by: .system,
    enforced: .at(relay), help: "Time after which a message is given up")

  public static let delayNotice = Setting.number(
    "retry.delay_notice", 1...720, zero: "never", standard: 4, unit: .hours, levels: [.system],
    by: .system, enforced: .at(relay),
    help: "Time after which the sender is told that a message has to wait")

  /// What becomes of a recipient of whom nobody knows whether it has the message.
  public enum InDoubt: String, CaseIterable, SettingValue {
    /// Better twice than never. RFC 5321 §4.5.4.1
    case retry
    case hold
  }

  public static let inDoubt = Setting.choice(
    "retry.in_doubt", standard: InDoubt.retry, levels: [.domain], by: .domain,
    enforced: .at(relay), help: "What happens where it is not known whether a message arrived")

  public static let deliveryPort = Setting.number(
    "delivery.port", 1...65_535, standard: 25, unit: .port, levels: [.system], by: .system,
    enforced: .at(relay), help: "Port of other servers, for tests and relays")

  public static let deliveryRoute = Setting.text(
    "delivery.route", .endpoint, longest: 60, standard: "", levels: [.system], by: .system,
    enforced: .at(relay), help: "Deliver everything here, for tests and relays")

  public static let deliveryRoutes = Setting.list(
    "delivery.routes", .route, most: 100, levels: [.system], by: .system, enforced: .at(relay),
    help: "Ways to destinations, such as `b.test=lmtp:192.0.2.1:24`, `.c.test=smtp tls=verify`")

  public static let gateways = Setting.list(
    "delivery.gateways", .gateway, most: 100, levels: [.system], by: .system,
    enforced: .at(relay),
    help: "Smart hosts by priority: `HOST:PORT priority=1-10 tls=must user=U password-file=/P`")

  public static let sourceAddresses = Setting.list(
    "delivery.source_addresses", .address, most: 8, levels: [.system, .domain], by: .system,
    enforced: .at(relay), help: "Addresses to send from; the first of the family that fits is used")

  public static let allowsLocal = Setting.toggle(
    "delivery.allow_local", standard: false, levels: [.system], by: .system,
    enforced: .at(relay), help: "Go to loopback and private addresses that the DNS names")

  public static let resolver = Setting.text(
    "dns.resolver", .endpoint, longest: 60, standard: "", levels: [.system], by: .system,
    enforced: .at("the DNS resolver"), help: "The DNS resolver; by default the machine's")

  static let delivery: [SettingDeclaration] = [
    deliveries.declaration, deliveriesPerDestination.declaration,
    deliveriesPerDomain.declaration, retrySchedule.declaration, retryInterval.declaration,
    retryLifetime.declaration, delayNotice.declaration, inDoubt.declaration,
    deliveryPort.declaration, deliveryRoute.declaration, deliveryRoutes.declaration,
    gateways.declaration, sourceAddresses.declaration, allowsLocal.declaration,
    resolver.declaration,
  ]

  private static let relay = "the relay"

  private static func workers(
    _ key: String, _ standard: Int, _ what: String
  ) -> Setting<Int> {
    .number(
      key, 1...10_000, standard: standard, unit: .connections, levels: [.system], by: .system,
      enforced: .at(relay), help: what)
  }
}
