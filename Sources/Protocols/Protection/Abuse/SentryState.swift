import Events
import Platform
import State

/// What a sentry knows: rules, lists, blocks and counters, and what is still to be journaled.
///
/// All of it is bounded, also under attack from more addresses than can be counted: what gives way
/// is what ends soonest or is furthest from a threshold.
struct SentryState {
  struct Place: Hashable {
    let service: ProtectedService
    let client: IPAddress
  }

  /// A block as it acts here.
  struct Hold {
    /// By the boot clock, in nanoseconds.
    var until: UInt64
    /// Nil until it is journaled.
    var position: Position?
  }

  /// Blocks at one time. Of more, those that end soonest are lifted at the next `release`; between
  /// two of these there may be twice as many.
  static let mostHolds = 50_000
  /// Blocks and reports, and counters that came closer, that wait to be journaled.
  static let mostWaiting = 10_000

  var policies: [AbuseRule: AbusePolicy] = [:]
  var access = AccessTable()
  /// Trusted proxies: what comes through them without a client's name is nobody's.
  var proxies: [IPNetwork] = []
  var counters = AbuseCounters()
  var holds: [Place: Hold] = [:]
  private var reached: [RecordAbuse.Count] = []
  private var quarters: [AbuseKey: UInt64] = [:]
  private var ended: [Position] = []
  private var displaced: [Position] = []
  /// What may be journaled in a minute, so that a flood is not one of the journal.
  private var blocksBudget = MinuteBudget(most: 1_000)
  private var countsBudget = MinuteBudget(most: 2_000)
  /// Blocks and reports that were not journaled, for there were too many.
  private var untold = 0
  private var warnings = MinuteBudget(most: 1)

  /// Whether a client may come in; a hold whose time is over does not count.
  func admits(_ client: IPAddress, _ service: ProtectedService, now: UInt64) -> Bool {
    switch access.action(service, client) {
    case .deny: return false
    case .allow: return true
    case nil: break
    }
    guard let hold = holds[Place(service: service, client: client.subscriber)] else { return true }
    return now >= hold.until
  }

  /// Counts once, and holds the client where that is once too often. What a client does that is held
  /// already, over connections it still has, counts for nothing.
  ///
  /// - Returns: whether the client is held from now on.
  mutating func count(_ key: AbuseKey, now: UInt64) -> Bool {
    guard let policy = policies[key.rule], policy.threshold > 0, !isHeld(key, now: now) else {
      return false
    }
    switch counters.add(key, policy, now: now) {
    case .nothing: return false
    case .quarter(let count):
      if quarters.count < Self.mostWaiting { quarters[key] = count }
      return false
    case .reached(let count):
      quarters[key] = nil
      if reached.count < Self.mostWaiting {
        reached.append(RecordAbuse.Count(key, count))
      } else {
        untold += 1
      }
      guard case .client(let client) = key.subject, policy.blockSeconds > 0,
        holds.count < 2 * Self.mostHolds
      else { return false }
      counters.clear(key.service, key.subject)
      holds[Place(service: key.service, client: client)] = Hold(
        until: now + UInt64(policy.blockSeconds) * 1_000_000_000)
      return true
    }
  }

  /// Takes over what State says of blocks: new ones, lifted ones, and positions of the own.
  ///
  /// - Parameter left: of each block, in nanoseconds.
  mutating func follow(_ blocks: [(block: Block, left: UInt64)], now: UInt64) {
    var known: Set<Place> = []
    for (block, left) in blocks {
      guard case .client(let client) = block.subject else { continue }
      let place = Place(service: block.service, client: client)
      known.insert(place)
      holds[place, default: Hold(until: now + left)].position = block.position
    }
    for (place, hold) in holds where hold.position != nil && !known.contains(place) {
      holds[place] = nil
      counters.clear(place.service, .client(place.client))
    }
  }

  /// Lets go of holds whose time is over, and of those for which there is no room.
  mutating func release(now: UInt64) {
    for (place, hold) in holds where now >= hold.until {
      holds[place] = nil
      if let position = hold.position { ended.append(position) }
    }
    guard holds.count > Self.mostHolds else { return }
    let excess = holds.count - Self.mostHolds + Self.mostHolds / 20
    for (place, hold) in holds.sorted(by: { $0.value.until < $1.value.until }).prefix(excess) {
      holds[place] = nil
      if let position = hold.position { displaced.append(position) }
    }
  }

  /// Whether what a client does is counted at all.
  func isCounted(_ client: IPAddress, _ service: ProtectedService) -> Bool {
    access.action(service, client) != .allow && !proxies.contains { $0.contains(client) }
  }

  private func isHeld(_ key: AbuseKey, now: UInt64) -> Bool {
    guard case .client(let client) = key.subject else { return false }
    return holds[Place(service: key.service, client: client)].map { now < $0.until } ?? false
  }
}

// MARK: what is journaled

extension SentryState {
  /// What is to be journaled now, at most one decision's worth and what the minute allows.
  mutating func take(at now: ClockMark) -> RecordAbuse? {
    let due = RecordAbuse(
      at: now, reached: takeReached(now.sinceBoot), counted: takeCounted(now.sinceBoot),
      ended: Self.take(&ended), displaced: Self.take(&displaced))
    return due.isEmpty ? nil : due
  }

  /// A block that has been over since then, or was displaced, is not told of.
  private mutating func takeReached(_ now: UInt64) -> [RecordAbuse.Count] {
    let most = min(RecordAbuse.most, blocksBudget.left(at: now))
    var due: [RecordAbuse.Count] = []
    var looked = 0
    while due.count < most, looked < reached.count {
      let one = reached[looked]
      looked += 1
      if case .client = one.key.subject, policies[one.key.rule]?.blockSeconds != 0,
        !isHeld(one.key, now: now)
      {
        untold += 1
      } else {
        due.append(one)
      }
    }
    reached.removeFirst(looked)
    blocksBudget.use(due.count)
    return due
  }

  private mutating func takeCounted(_ now: UInt64) -> [RecordAbuse.Count] {
    let most = min(RecordAbuse.most, countsBudget.left(at: now))
    let due = quarters.prefix(most).map { RecordAbuse.Count($0.key, $0.value) }
    for one in due { quarters[one.key] = nil }
    countsBudget.use(due.count)
    return due
  }

  private static func take(_ positions: inout [Position]) -> [Position] {
    let due = Array(positions.prefix(RecordAbuse.most))
    positions.removeFirst(due.count)
    return due
  }

  /// Takes back what could not be journaled, as far as there is room for it.
  mutating func putBack(_ late: RecordAbuse) {
    blocksBudget.use(-late.reached.count)
    countsBudget.use(-late.counted.count)
    let room = max(0, Self.mostWaiting - reached.count)
    untold += max(0, late.reached.count - room)
    reached = late.reached.prefix(room) + reached
    ended = late.ended + ended
    displaced = late.displaced + displaced
    for one in late.counted where quarters[one.key] == nil { quarters[one.key] = one.count }
  }

  /// How many blocks and reports were not journaled since it was told last, once a minute; else nil.
  mutating func takeUntold(now: UInt64) -> Int? {
    guard untold > 0, warnings.left(at: now) > 0 else { return nil }
    warnings.use(1)
    defer { untold = 0 }
    return untold
  }
}
