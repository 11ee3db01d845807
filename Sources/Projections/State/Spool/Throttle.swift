import Events
import Platform

/// Whose mail is counted.
public enum ThrottleScope: Hashable, Sendable {
  case domain(DomainID)
  case user(UserID)
}

/// What is counted by the clock hour. SPEC §2.7
public enum ThrottleCounter: UInt8, CaseIterable, Sendable {
  /// Recipients outside, at their first attempt.
  case messages
  /// Octets that go out with them.
  case octets
  /// Reports received.
  case bounces
}

/// One counter in its hour.
public struct ThrottleCount: Hashable, Sendable {
  /// The start of the hour.
  public internal(set) var window: Timestamp
  public internal(set) var count: UInt64
  /// Whether sending is held since the limit was reached.
  public internal(set) var isThrottled: Bool

  /// The start of the clock hour (UTC) of a time.
  public static func window(at time: Timestamp) -> Timestamp {
    let hour: Int64 = 3_600
    let seconds = time.seconds
    let start = seconds >= 0 ? seconds / hour * hour : (seconds - hour + 1) / hour * hour
    return Timestamp(seconds: start)
  }
}

/// Row of `throttle`, key: scope 1, id 16, counter 1. window 8, count 8, throttled 1.
extension ThrottleCount {
  static func key(_ scope: ThrottleScope, _ counter: ThrottleCounter) -> [UInt8] {
    var key = RowWriter(capacity: 18)
    switch scope {
    case .domain(let id):
      key.uint8(0)
      key.id(id.rawValue)
    case .user(let id):
      key.uint8(1)
      key.id(id.rawValue)
    }
    key.uint8(counter.rawValue)
    return key.bytes
  }

  var row: [UInt8] {
    var row = RowWriter(capacity: 17)
    row.time(window)
    row.uint64(count)
    row.uint8(isThrottled ? 1 : 0)
    return row.bytes
  }

  init(_ row: RawSpan) throws {
    var cursor = RowCursor()
    window = try cursor.time(row)
    count = try cursor.uint64(row)
    isThrottled = try cursor.uint8(row) == 1
  }
}

extension StateView {
  /// A counter as it stands, whichever hour it is of; nil where nothing was ever counted.
  public func throttle(
    _ counter: ThrottleCounter, _ scope: ThrottleScope
  ) throws -> ThrottleCount? {
    try withRow(.throttle, ThrottleCount.key(scope, counter)) { try ThrottleCount($0) }
  }
}

extension StateBatch {
  /// Counts in an hour. A clock that steps back never resets a count: the later hour stays, and
  /// what comes with an earlier one counts in it. RELIABILITY A11
  func count(
    _ amount: UInt64, _ counter: ThrottleCounter, _ scope: ThrottleScope, in window: Timestamp
  ) throws {
    try changeThrottle(counter, scope) { row in
      if window > row.window {
        row.window = window
        row.count = 0
      }
      row.count += amount
    }
  }

  func changeThrottle(
    _ counter: ThrottleCounter, _ scope: ThrottleScope, _ change: (inout ThrottleCount) -> Void
  ) throws {
    let key = ThrottleCount.key(scope, counter)
    var row =
      try withRow(.throttle, key) { try ThrottleCount($0) }
      ?? ThrottleCount(window: Timestamp(microseconds: .min), count: 0, isThrottled: false)
    change(&row)
    try put(.throttle, key, row.row)
  }

  func fold(_ event: BounceReceived, _ header: EventHeader) throws {
    for user in event.users { try count(1, .bounces, .user(user), in: event.window) }
    if let domain = header.domain { try count(1, .bounces, .domain(domain), in: event.window) }
  }

  func fold(_ event: DomainThrottled) throws {
    guard let counter = ThrottleCounter(setting: event.counter) else { return }
    try changeThrottle(counter, .domain(event.domain)) { $0.isThrottled = event.isEntered }
  }

  func fold(_ event: UserThrottled) throws {
    guard let counter = ThrottleCounter(setting: event.counter) else { return }
    try changeThrottle(counter, .user(event.user)) { $0.isThrottled = event.isEntered }
  }
}

extension ThrottleCounter {
  /// The key of the setting that limits it.
  var setting: String {
    switch self {
    case .messages: "throttle.messages_per_hour"
    case .octets: "throttle.bandwidth_per_hour"
    case .bounces: "throttle.bounces_per_hour"
    }
  }

  init?(setting: String) {
    guard let found = Self.allCases.first(where: { $0.setting == setting }) else { return nil }
    self = found
  }
}

// MARK: limits

extension StateView {
  /// A counter in the hour of `time`: of the hour it stands in where the clock has stepped back.
  func throttleState(
    _ counter: ThrottleCounter, _ scope: ThrottleScope, at time: Timestamp
  ) throws -> ThrottleCount {
    let window = ThrottleCount.window(at: time)
    guard let known = try throttle(counter, scope) else {
      return ThrottleCount(window: window, count: 0, isThrottled: false)
    }
    guard window > known.window else { return known }
    return ThrottleCount(window: window, count: 0, isThrottled: known.isThrottled)
  }

  /// The limit in force, in messages or octets; 0 where there is none.
  func limit(_ counter: ThrottleCounter, _ scope: ThrottleScope) throws -> UInt64 {
    guard let throttle = Settings.throttles[counter],
      try value(throttle.isEnabled, for: scope.target)
    else { return 0 }
    let limit = UInt64(try value(throttle.limit, for: scope.target))
    return counter == .octets ? limit * 1_048_576 : limit
  }

  /// The event that set the limit; `.zero` for the default.
  func version(of counter: ThrottleCounter, _ scope: ThrottleScope) throws -> Position {
    guard let throttle = Settings.throttles[counter] else { return .zero }
    return try version(of: throttle.limit.declaration, for: scope.target)
  }

  /// Whether mail over the limit is refused instead of held.
  func rejects(_ counter: ThrottleCounter, _ scope: ThrottleScope) throws -> Bool {
    guard let throttle = Settings.throttles[counter] else { return false }
    return try value(throttle.action, for: scope.target) == .reject
  }

  /// Whether mail to elsewhere is refused instead of held: the limit of the hour is reached, and
  /// the domain or the user wants that. `450 4.7.1`
  public func rejectsSending(domain: DomainID, user: UserID?, at time: Timestamp) throws -> Bool {
    let scopes = [ThrottleScope.domain(domain)] + (user.map { [.user($0)] } ?? [])
    for scope in scopes {
      for counter in [ThrottleCounter.messages, .octets] {
        guard try rejects(counter, scope) else { continue }
        let limit = try limit(counter, scope)
        if try limit > 0 && throttleState(counter, scope, at: time).count >= limit { return true }
      }
    }
    return false
  }
}

extension StateView {
  /// What happens to a message from the null sender for a user: nil where it is taken. SPEC §2.7
  public func bounceAction(
    domain: DomainID, user: UserID, at time: Timestamp
  ) throws -> ThrottleAction? {
    guard let throttle = Settings.throttles[.bounces] else { return nil }
    for scope in [ThrottleScope.domain(domain), .user(user)] {
      let limit = try limit(.bounces, scope)
      if try limit > 0 && throttleState(.bounces, scope, at: time).count >= limit {
        return try value(throttle.action, for: scope.target)
      }
    }
    return nil
  }

  /// The state of being throttled that one more counted thing leads into, as an event; nil where it
  /// does not.
  func turn(
    _ counter: ThrottleCounter, _ scope: ThrottleScope, adding amount: UInt64, at time: Timestamp
  ) throws -> Event? {
    let state = try throttleState(counter, scope, at: time)
    let limit = try limit(counter, scope)
    let isEntered = limit > 0 && state.count + amount >= limit
    guard isEntered != state.isThrottled else { return nil }
    return scope.turn(
      counter, count: state.count + amount, limit: limit, window: state.window,
      isEntered: isEntered, version: try version(of: counter, scope))
  }
}

extension ThrottleScope {
  /// The event that tells that the state of being throttled begins or ends.
  func turn(
    _ counter: ThrottleCounter, count: UInt64, limit: UInt64, window: Timestamp, isEntered: Bool,
    version: Position
  ) -> Event {
    let (resume, key) = (window.adding(seconds: 3_600), counter.setting)
    return switch self {
    case .domain(let domain):
      .domainThrottled(
        DomainThrottled(
          count: count, limit: limit, domain: domain, resume: resume, window: window,
          counter: key, isEntered: isEntered, setting: version))
    case .user(let user):
      .userThrottled(
        UserThrottled(
          user: user, count: count, limit: limit, resume: resume, window: window, counter: key,
          isEntered: isEntered, setting: version))
    }
  }

  var target: SettingTarget {
    switch self {
    case .domain(let domain): .domain(domain)
    case .user(let user): .user(user)
    }
  }
}
