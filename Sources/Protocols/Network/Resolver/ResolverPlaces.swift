/// One suspended caller of a resolver, confined to the resolver's loop.
final class ResolverWaiter: @unchecked Sendable {
  typealias Continuation = UnsafeContinuation<Result<DNSAnswer, DNSFailure>, Never>

  private var continuation: Continuation?
  /// What it heard before it waited: that its task was cancelled.
  private var early: Result<DNSAnswer, DNSFailure>?

  /// Begins to wait; false where it has heard already.
  func begin(_ continuation: Continuation) -> Bool {
    if let early {
      continuation.resume(returning: early)
      return false
    }
    self.continuation = continuation
    return true
  }

  func hear(_ outcome: Result<DNSAnswer, DNSFailure>) {
    if early == nil { early = outcome }
    continuation?.resume(returning: outcome)
    continuation = nil
  }
}

/// The questions in the air, in the order they were sent off.
struct ResolverSky {
  private(set) var count = 0
  private(set) var oldest: ResolverFlight?
  private var newest: ResolverFlight?

  mutating func add(_ flight: ResolverFlight, at now: UInt64) {
    flight.isAirborne = true
    flight.launched = now
    flight.older = newest
    newest?.newer = flight
    newest = flight
    if oldest == nil { oldest = flight }
    count += 1
  }

  mutating func remove(_ flight: ResolverFlight) {
    guard flight.isAirborne else { return }
    flight.isAirborne = false
    if flight === oldest { oldest = flight.newer }
    if flight === newest { newest = flight.older }
    flight.older?.newer = flight.newer
    flight.newer?.older = flight.older
    flight.older = nil
    flight.newer = nil
    count -= 1
  }
}

/// Questions that wait for a place, first come first served.
struct ResolverLine {
  private var flights: [ResolverFlight] = []
  private var start = 0

  var count: Int { flights.count - start }
  var isEmpty: Bool { count == 0 }

  mutating func append(_ flight: ResolverFlight) { flights.append(flight) }

  mutating func next() -> ResolverFlight? {
    guard start < flights.count else { return nil }
    let flight = flights[start]
    start += 1
    if start > 1_024, start * 2 > flights.count {
      flights.removeFirst(start)
      start = 0
    }
    return flight
  }
}
