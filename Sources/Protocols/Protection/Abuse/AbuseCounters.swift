import Platform
import State

/// How often each source did what a rule counts, over the rule's window, to a tenth of it.
///
/// Time is the boot clock's, which nobody sets. It holds at most `most` counters: what is furthest
/// from its threshold gives way.
struct AbuseCounters {
  static let most = 100_000
  /// Parts of a window; the oldest falls out as a new one begins.
  private static let parts = 10

  /// What counting once more led to.
  enum Step: Hashable {
    case nothing
    /// Another quarter of the threshold is passed.
    case quarter(UInt64)
    /// The threshold is reached; the counter is at zero again.
    case reached(UInt64)
  }

  private struct Counter {
    var parts = [UInt32](repeating: 0, count: AbuseCounters.parts)
    /// The number of the newest part since boot.
    var newest: UInt64
    /// Quarters of the threshold that were told of.
    var told = 0

    var sum: Int { parts.reduce(0) { $0 + Int($1) } }

    /// Lets the parts go that have become too old.
    mutating func move(to part: UInt64) {
      guard part > newest else { return }
      let steps = Int(min(part - newest, UInt64(parts.count)))
      parts = [UInt32](repeating: 0, count: steps) + parts.dropLast(steps)
      newest = part
    }
  }

  private var counters: [AbuseKey: Counter] = [:]

  var count: Int { counters.count }

  /// Counts once.
  mutating func add(_ key: AbuseKey, _ policy: AbusePolicy, now: UInt64) -> Step {
    guard policy.threshold > 0 else { return .nothing }
    if counters[key] == nil, counters.count >= Self.most { makeRoom() }
    let part = Self.part(of: now, policy)
    var counter = counters[key] ?? Counter(newest: part)
    counter.move(to: part)
    counter.parts[0] += 1
    let sum = counter.sum
    guard sum < policy.threshold else {
      counters[key] = nil
      return .reached(UInt64(sum))
    }
    let quarters = sum / Self.quarter(policy)
    defer { counters[key] = counter }
    // A count that has fallen and rises again is told of again.
    guard quarters > counter.told else {
      counter.told = quarters
      return .nothing
    }
    counter.told = quarters
    return .quarter(UInt64(sum))
  }

  /// Takes back what was remembered of a counter, `age` ago.
  mutating func restore(_ known: RememberedCount, _ policy: AbusePolicy, age: Duration, now: UInt64)
  {
    let window = Duration.seconds(policy.seconds)
    guard policy.threshold > 0, age < window, known.count < UInt64(policy.threshold) else { return }
    var counter = Counter(newest: Self.part(of: now, policy))
    let part = Int(age / (window / Self.parts))
    counter.parts[min(part, Self.parts - 1)] = UInt32(clamping: known.count)
    counter.told = counter.sum / Self.quarter(policy)
    counters[known.key] = counter
  }

  mutating func clear(_ key: AbuseKey) { counters[key] = nil }

  /// Clears every counter that counts a source for a service.
  mutating func clear(_ service: ProtectedService, _ subject: AbuseSubject) {
    for rule in AbuseRule.allCases { counters[AbuseKey(rule, service, subject)] = nil }
  }

  /// Forgets at least a tenth, by quarters: first those that have not passed one.
  private mutating func makeRoom() {
    for quarters in 0...3 where counters.count > Self.most - Self.most / 10 {
      counters = counters.filter { $0.value.told > quarters }
    }
  }

  private static func quarter(_ policy: AbusePolicy) -> Int { max(1, (policy.threshold + 3) / 4) }

  private static func part(of now: UInt64, _ policy: AbusePolicy) -> UInt64 {
    now / (UInt64(max(1, policy.seconds)) * 1_000_000_000 / UInt64(parts))
  }
}
