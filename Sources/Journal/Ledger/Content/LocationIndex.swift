import Events
import Platform
import Synchronization

/// Content id to location, in memory: 16 bytes a place, three to four fifths of them taken.
///
/// The one index that is not a fold: it is read from the segments. Ids are random, so the first
/// eight bytes of one serve as its hash; whoever looks one up checks the whole id in the body's head
/// and asks for the next candidate where it differs.
struct LocationTable {
  private struct Place {
    var key: UInt64
    /// Segment, and offset in units of 8 bytes; `free`, or `removed`.
    var location: UInt64
  }

  /// No segment has the number 0, and no body the offset 0 or 8.
  private static let free: UInt64 = 0
  private static let removed: UInt64 = 1

  private var places = [Place](repeating: Place(key: 0, location: free), count: 16)
  /// Places that are not free.
  private var taken = 0
  private(set) var count = 0

  /// All places that may be the key's.
  func candidates(_ key: UInt64) -> [BodyLocation] {
    var found: [BodyLocation] = []
    var slot = home(key)
    while places[slot].location != Self.free {
      if places[slot].key == key, places[slot].location != Self.removed {
        found.append(Self.location(places[slot].location))
      }
      slot = after(slot)
    }
    return found
  }

  mutating func insert(_ key: UInt64, _ location: BodyLocation) {
    if (taken + 1) * 5 > places.count * 4 { grow() }
    var slot = home(key)
    while places[slot].location > Self.removed { slot = after(slot) }
    if places[slot].location == Self.free { taken += 1 }
    places[slot] = Place(key: key, location: Self.packed(location))
    count += 1
  }

  /// Puts another location in the place of one; false where that is not there.
  mutating func replace(_ key: UInt64, _ old: BodyLocation, with new: BodyLocation?) -> Bool {
    let packed = Self.packed(old)
    var slot = home(key)
    while places[slot].location != Self.free {
      if places[slot].key == key, places[slot].location == packed {
        places[slot].location = new.map(Self.packed) ?? Self.removed
        if new == nil { count -= 1 }
        return true
      }
      slot = after(slot)
    }
    return false
  }

  private static func packed(_ location: BodyLocation) -> UInt64 {
    UInt64(location.segment) << 32 | location.offset / BodyHead.alignment
  }

  private static func location(_ packed: UInt64) -> BodyLocation {
    BodyLocation(
      segment: UInt32(packed >> 32), offset: (packed & 0xFFFF_FFFF) * BodyHead.alignment)
  }

  private func home(_ key: UInt64) -> Int {
    Int(key.multipliedFullWidth(by: UInt64(places.count)).high)
  }

  private func after(_ slot: Int) -> Int { slot + 1 == places.count ? 0 : slot + 1 }

  /// A third more room, or none where it is the removed ones that fill it.
  private mutating func grow() {
    let old = places
    let size = count * 5 > old.count * 3 ? old.count + old.count / 3 + 1 : old.count
    places = [Place](repeating: Place(key: 0, location: Self.free), count: size)
    taken = 0
    count = 0
    for place in old where place.location > Self.removed {
      insert(place.key, Self.location(place.location))
    }
  }
}

/// The tables of all bodies: 256, so that none takes long to grow and readers seldom meet.
final class LocationIndex: Sendable {
  private final class Shard: Sendable {
    let table = Mutex(LocationTable())
  }

  private let shards = (0..<256).map { _ in Shard() }

  private func shard(_ key: UInt64) -> Shard { shards[Int(key & 255)] }

  /// How many bodies there are, duplicates included.
  var count: Int { shards.reduce(0) { $0 + $1.table.withLock { $0.count } } }

  func candidates(_ id: ContentID) -> [BodyLocation] {
    let key = id.rawValue.high
    return shard(key).table.withLock { $0.candidates(key) }
  }

  func contains(_ key: UInt64, _ location: BodyLocation) -> Bool {
    shard(key).table.withLock { $0.candidates(key).contains(location) }
  }

  func insert(_ key: UInt64, _ location: BodyLocation) {
    shard(key).table.withLock { $0.insert(key, location) }
  }

  /// False where `old` is not there (any more).
  @discardableResult
  func replace(_ key: UInt64, _ old: BodyLocation, with new: BodyLocation?) -> Bool {
    shard(key).table.withLock { $0.replace(key, old, with: new) }
  }
}
