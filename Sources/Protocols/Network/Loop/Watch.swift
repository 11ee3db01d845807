/// The EPOLL* bits of one readiness report.
struct Readiness: OptionSet, Sendable {
  let rawValue: UInt32
  static let input = Readiness(rawValue: 0x001)
  static let output = Readiness(rawValue: 0x004)
  static let error = Readiness(rawValue: 0x008)
  static let hangUp = Readiness(rawValue: 0x010)
  static let peerHangUp = Readiness(rawValue: 0x2000)
}

/// What owns a descriptor that a loop watches.
protocol Watched: AnyObject {
  /// Called on the loop's thread; edge-triggered.
  func becameReady(_ readiness: Readiness)
}

/// Who is behind each registered descriptor of one loop.
///
/// A token is a place and its generation, so that a report for a descriptor that was closed
/// earlier in the same turn finds nobody instead of its successor.
struct WatchTable {
  /// The token of the loop's own wake-up descriptor; no place has this generation.
  static let wakeUpToken = UInt64.max

  private struct Place {
    var generation: UInt32 = 0
    var watched: (any Watched)?
  }

  private var places: [Place] = []
  private var free: [Int] = []

  subscript(token: UInt64) -> (any Watched)? {
    let place = places[Int(token & 0xffff_ffff)]
    return place.generation == UInt32(token >> 32) ? place.watched : nil
  }

  mutating func add(_ watched: any Watched) -> UInt64 {
    let index: Int
    if let reused = free.popLast() {
      index = reused
    } else {
      index = places.count
      places.append(Place())
    }
    places[index].watched = watched
    return UInt64(places[index].generation) << 32 | UInt64(index)
  }

  mutating func remove(_ token: UInt64) {
    let index = Int(token & 0xffff_ffff)
    guard places[index].generation == UInt32(token >> 32) else { return }
    places[index].watched = nil
    places[index].generation = (places[index].generation &+ 1) & 0x7fff_ffff
    free.append(index)
  }
}
