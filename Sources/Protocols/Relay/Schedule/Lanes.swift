import Delivery
import Events
import Platform

/// The jobs of one source domain to one destination, in both orders.
struct Lane: Sendable {
  let domain: DomainID
  let destination: String
  var byRank = RankedHeap<SpoolRank>()
  var byAge = RankedHeap<SpoolRank>()
  /// Whether it stands with its destination, which has no room, instead of with its domain.
  var isParked = false
}

/// A source domain: its lanes that may go on, and how much of it is under way.
struct SourceDomain: Sendable {
  var byRank = RankedHeap<SpoolRank>()
  var byAge = RankedHeap<SpoolRank>()
  /// Jobs with a worker's place, or with a session that waits for one.
  var engaged = 0
  var dialogues = 0
}

/// Where messages go: a gateway, or a domain.
struct Destination: Sendable {
  enum State: Hashable, Sendable {
    /// Nothing is known of it: one job finds out.
    case unknown
    /// It has answered.
    case open
    /// It failed as a whole: what comes due is put off until the time.
    case asleep(until: Timestamp)
  }

  var state = State.unknown
  /// How often in a row it failed.
  var failures = 0
  /// What it failed with.
  var failure: RecipientOutcome?
  /// Jobs that are under way to it.
  var engaged = 0
  /// Its lanes that hold jobs.
  var lanes: Set<Int> = []
  var parked = RankedHeap<SpoolRank>()

  /// Places that are free.
  func room(_ bounds: Scheduler.Bounds) -> Int {
    switch state {
    case .unknown: max(0, 1 - engaged)
    case .open: max(0, bounds.perDestination - engaged)
    case .asleep: 0
    }
  }

  var isAsleep: Bool { if case .asleep = state { true } else { false } }
}
