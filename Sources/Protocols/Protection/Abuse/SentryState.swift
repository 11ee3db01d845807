import Events
import Platform
import State

/// What a sentry knows: rules, lists, blocks and counters, and what is still to be journaled.
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

  var policies: [AbuseRule: AbusePolicy] = [:]
  var access = AccessTable()
  var counters = AbuseCounters()
  var holds: [Place: Hold] = [:]
  var reached: [RecordAbuse.Count] = []
  var quarters: [AbuseKey: UInt64] = [:]
  var ended: [Position] = []

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

  /// Counts once, and holds the client where that is once too often.
  ///
  /// - Returns: whether the client is held from now on.
  mutating func count(_ key: AbuseKey, now: UInt64) -> Bool {
    guard let policy = policies[key.rule], policy.threshold > 0 else { return false }
    switch counters.add(key, policy, now: now) {
    case .nothing: return false
    case .quarter(let count):
      if quarters.count < RecordAbuse.most * 20 { quarters[key] = count }
      return false
    case .reached(let count):
      quarters[key] = nil
      reached.append(RecordAbuse.Count(key, count))
      guard case .client(let client) = key.subject, policy.blockSeconds > 0 else { return false }
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

  /// Lets go of holds whose time is over.
  mutating func release(now: UInt64) {
    for (place, hold) in holds where now >= hold.until {
      // One that is still to be journaled stays until it is, so that its end can be told too.
      guard hold.position != nil || reached.isEmpty else { continue }
      holds[place] = nil
      if let position = hold.position { ended.append(position) }
    }
  }

  /// What is to be journaled now, at most one decision's worth.
  mutating func take(at now: ClockMark) -> RecordAbuse? {
    guard !reached.isEmpty || !quarters.isEmpty || !ended.isEmpty else { return nil }
    let most = RecordAbuse.most
    let counted = quarters.prefix(most).map { RecordAbuse.Count($0.key, $0.value) }
    for one in counted { quarters[one.key] = nil }
    defer {
      reached.removeFirst(min(most, reached.count))
      ended.removeFirst(min(most, ended.count))
    }
    return RecordAbuse(
      at: now, reached: Array(reached.prefix(most)), counted: counted,
      ended: Array(ended.prefix(most)))
  }

  /// Takes back what could not be journaled.
  mutating func putBack(_ late: RecordAbuse) {
    reached = late.reached + reached
    ended = late.ended + ended
    for one in late.counted where quarters[one.key] == nil { quarters[one.key] = one.count }
  }
}
