import Events
import Ledger
import Platform

/// Where a replay ends: `--until`.
enum ReplayEnd: Equatable {
  case head
  case position(Position)
  case time(Timestamp)

  init(_ text: String?) throws(Invocation.Misuse) {
    guard let text else {
      self = .head
      return
    }
    if let number = UInt64(text) {
      self = .position(Position(number))
    } else if let time = Timestamp(rfc3339: text) {
      self = .time(time)
    } else {
      throw Invocation.Misuse(
        description:
          "--until takes a position or a time such as 2026-11-23T10:00:00Z, not \"\(text)\"")
    }
  }

  /// The last position to show of what there is now. Times count to the millisecond.
  func last(_ reader: JournalReader) throws -> Position {
    let head = try reader.head
    switch self {
    case .head: return head
    case .position(let position): return min(position, head)
    case .time(let time):
      let next = try reader.position(at: Timestamp(microseconds: time.microseconds + 1_000))
      return next.map { Position($0.rawValue - 1) } ?? head
    }
  }

  /// Whether nothing to show can come any more.
  func isPast(_ position: Position, _ now: Timestamp) -> Bool {
    switch self {
    case .head: false
    case .position(let last): position >= last
    case .time(let time): now > time.adding(seconds: 1)
    }
  }
}
