import Events
import Ledger
import Network
import Platform
import State
import Synchronization

/// Counts what clients do wrong, shuts them out for a time when it is too much, and knows who is on
/// the blacklist and the whitelist.
///
/// A client is shut out the moment a threshold is reached and journaled within half a second;
/// counters that come a quarter of the way closer are journaled too, so that a restart forgets less
/// than a quarter. Every question is answered from memory. Decision 0012.
public final class Sentry: Sendable {
  static let pause = Duration.milliseconds(500)

  let node: Node
  public let greylist: Greylist
  let state = Mutex(SentryState())
  private let doors: [ProtectedService: Door]

  /// - Throws: what reading State throws.
  public init(_ node: Node) throws {
    self.node = node
    greylist = try Greylist(node)
    doors = Dictionary(
      uniqueKeysWithValues: ProtectedService.allCases.map { ($0, Door($0)) })
    for door in doors.values { door.bind(to: self) }
    try follow()
    try restore()
  }

  /// Who stands at the listeners of a service.
  public func door(_ service: ProtectedService) -> any Doorkeeper { keeper(service) }

  func keeper(_ service: ProtectedService) -> Door {
    guard let door = doors[service] else { preconditionFailure("every service has a door") }
    return door
  }

  /// Called with each client that is shut out, after it is.
  public func onBlock(_ act: @escaping @Sendable (any Doorkeeper, IPAddress) -> Void) {
    for door in doors.values { door.onBlock(act) }
  }

  /// Whether a client is whitelisted: exempt from counting, blocks and greylisting.
  func isExempt(_ client: IPAddress, _ service: ProtectedService) -> Bool {
    state.withLock { $0.access.action(service, client) == .allow }
  }

  /// How many sources are shut out now.
  public var blockCount: Int {
    let now = node.clock.sinceBoot()
    return state.withLock { state in state.holds.values.count { now < $0.until } }
  }
}

// MARK: counting

extension Sentry {
  /// Counts what a client did.
  public func note(_ rule: AbuseRule, _ service: ProtectedService, client: IPAddress) {
    let now = node.clock.sinceBoot()
    let isHeld = state.withLock { state in
      guard state.isCounted(client, service) else { return false }
      return state.count(AbuseKey(rule, service, .client(at: client)), now: now)
    }
    if isHeld { keeper(service).tellOfBlock(client.subscriber) }
  }

  /// Counts a failed sign-in: of the client, and of the account where there is one.
  ///
  /// - Parameter client: as events name it; nobody is counted for a name that is no address.
  public func noteRefusal(at service: ProtectedService, client: String, user: UserID?) {
    let address = IPAddress(client)
    if let user, address.map({ isExempt($0, service) }) != true {
      note(.accountGuessing, user: user, at: service)
    }
    if let address { note(.bruteForce, service, client: address) }
  }

  /// Counts what a user did or got.
  public func note(_ rule: AbuseRule, user: UserID, at service: ProtectedService = .smtp) {
    let now = node.clock.sinceBoot()
    state.withLock { _ = $0.count(AbuseKey(rule, service, .user(user)), now: now) }
  }

  /// Counts a message that was taken: of who sent it, and as a bounce to whom it is for.
  public func noteMessage(from sender: UserID?, isBounce: Bool, to users: [UserID]) {
    if let sender { note(.internalSpammer, user: sender) }
    if isBounce { for user in Set(users) { note(.bounces, user: user) } }
  }
}

// MARK: following State

extension Sentry {
  /// Journals and follows State until the task is cancelled; journals once more then.
  public func run() async {
    async let following: Void = followChanges()
    while !Task.isCancelled {
      do { try await Task.sleep(for: Self.pause) } catch { break }
      await journal()
    }
    await following
    await journal()
  }

  private func followChanges() async {
    let changes = node.changes.subscribe(.protection)
    while !Task.isCancelled, await changes.next() != nil {
      do { try follow() } catch {
        node.diagnostics.log(.warning, "protection_not_applied", [("why", "\(error)")])
      }
      // Many changes at once are one look.
      do { try await Task.sleep(for: .milliseconds(20)) } catch { return }
    }
  }

  /// Takes over rules, lists and blocks as State has them.
  func follow() throws {
    let now = ClockMark(node.clock)
    let (policies, access, proxies, blocks) = try node.state.read { view in
      (
        try Dictionary(
          uniqueKeysWithValues: AbuseRule.allCases.map { ($0, try view.policy(of: $0)) }),
        AccessTable(
          try view.accessEntries(),
          whitelist: try view.value(Settings.whitelist, for: .system).compactMap { IPNetwork($0) }),
        try view.value(Settings.trustedProxies, for: .system).compactMap { IPNetwork($0) },
        try view.blocks()
      )
    }
    state.withLock { state in
      state.policies = policies
      state.access = access
      state.proxies = proxies
      state.follow(blocks.map { ($0, $0.left(at: now).wholeNanoseconds) }, now: now.sinceBoot)
    }
    try greylist.follow()
  }

  /// Takes back the counters that the journal remembers.
  private func restore() throws {
    let now = ClockMark(node.clock)
    let counts = try node.state.read { try $0.abuseCounts() }
    state.withLock { state in
      for known in counts {
        guard let policy = state.policies[known.key.rule] else { continue }
        state.counters.restore(
          known, policy, age: known.since.age(at: now) ?? .zero, now: now.sinceBoot)
      }
    }
  }

  /// Journals what is due. What cannot be journaled now is kept.
  func journal() async {
    let now = node.clock.sinceBoot()
    state.withLock { $0.release(now: now) }
    guard !node.isObserver else { return }
    await greylist.journal()
    tellOfUntold(now)
    while let due = state.withLock({ $0.take(at: ClockMark(node.clock)) }) {
      do {
        _ = try await node.scribe.perform(due, origin: .server)
      } catch {
        state.withLock { $0.putBack(due) }
        node.diagnostics.log(.warning, "abuse_not_journaled", [("why", "\(error)")])
        return
      }
    }
  }

  /// One line a minute about what was too much for the journal.
  private func tellOfUntold(_ now: UInt64) {
    guard let count = state.withLock({ $0.takeUntold(now: now) }) else { return }
    node.diagnostics.log(
      .warning, "abuse_flood",
      [
        ("why", "more sources were blocked than are journaled in a minute"),
        ("not_journaled", "\(count)"),
      ])
  }
}

extension Duration {
  /// Rounded down; zero for less than nothing.
  var wholeNanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? .max / 2 : whole + UInt64(attoseconds) / 1_000_000_000
  }
}
