import Events
import Platform
import State

/// Recipients of one entry that go to one destination: what one transaction carries.
public struct SpoolJob: Hashable, Sendable {
  /// Recipients of one transaction, at most. RFC 5321 §4.5.3.1.8
  static let mostRecipients = 100

  /// How far it has come.
  enum Stage: Hashable, Sendable {
    /// In line, or held until a time.
    case queued, held
    /// Finding the destination and opening a session: holds none of the workers' places.
    case reaching
    /// A session is open; it waits for a worker's place.
    case waiting
    case dialogue
    /// The dialogue is over, its outcome is being journaled.
    case closing
    /// It is deferred without a connection, because its destination cannot be reached.
    case puttingOff
  }

  /// Its number in the scheduler.
  public let id: Int
  public let entry: Position
  /// Who answers for the sending.
  public let domain: DomainID
  public let destination: String
  public internal(set) var recipients: [Int]
  public internal(set) var isAdmitted: Bool
  public internal(set) var priority: Int
  public internal(set) var isForced: Bool
  public let due: Timestamp
  var stage = Stage.queued
}

/// Whom a job was preferred to the others for.
public enum SpoolTurn: Hashable, Sendable {
  /// Somebody forced it.
  case forced
  /// Nobody who could go has a higher priority.
  case priority(Int)
  /// Every tenth goes to who is due longest, whatever its priority.
  case oldest
}

/// The order of jobs: 11 is forced, then priorities 10 to 1, then who is due longest.
struct SpoolRank: Comparable, Sendable {
  let urgency: Int
  let due: Timestamp
  let number: Int

  static func < (one: SpoolRank, other: SpoolRank) -> Bool {
    if one.urgency != other.urgency { return one.urgency > other.urgency }
    if one.due != other.due { return one.due < other.due }
    return one.number < other.number
  }

  /// The same without regard to priority.
  var byAge: SpoolRank { SpoolRank(urgency: 0, due: due, number: number) }
}

extension SpoolJob {
  var rank: SpoolRank {
    SpoolRank(urgency: isForced ? 11 : priority, due: due, number: id)
  }
}
