import Events
import Platform

/// Where a body lies: segment and offset of its head.
struct BodyLocation: Hashable, Sendable {
  let segment: UInt32
  let offset: UInt64
}

/// Content id to location, in memory: 16 bytes a place, at most three quarters of them taken.
///
/// The one index that is not a fold: it is read from the segments. Ids are random, so the first
/// eight bytes of one serve as its hash; whoever looks one up checks the whole id in the body's head
/// and asks for the next candidate where it differs.
struct LocationIndex {
  private var keys: [UInt64]
  private var places: [UInt64]
  private var taken = 0
  private(set) var count = 0

  init(capacity: Int = 1_024) {
    var size = 64
    while size * 3 / 4 < capacity { size *= 2 }
    keys = [UInt64](repeating: 0, count: size)
    places = [UInt64](repeating: 0, count: size)
  }

  /// All places that may be the id's, most likely one.
  func candidates(_ id: ContentID) -> [BodyLocation] {
    var found: [BodyLocation] = []
    let key = Self.key(id)
    var slot = Int(key & UInt64(keys.count - 1))
    while places[slot] != Self.free {
      if keys[slot] == key, places[slot] != Self.removed {
        found.append(Self.location(places[slot]))
      }
      slot = (slot + 1) & (keys.count - 1)
    }
    return found
  }

  mutating func insert(_ id: ContentID, _ location: BodyLocation) {
    if taken + 1 > keys.count * 3 / 4 { grow() }
    place(Self.key(id), Self.packed(location))
    count += 1
  }

  /// Takes out the entry of that id and place, if there is one.
  mutating func remove(_ id: ContentID, _ location: BodyLocation) {
    let (key, packed) = (Self.key(id), Self.packed(location))
    var slot = Int(key & UInt64(keys.count - 1))
    while places[slot] != Self.free {
      if keys[slot] == key, places[slot] == packed {
        places[slot] = Self.removed
        count -= 1
        return
      }
      slot = (slot + 1) & (keys.count - 1)
    }
  }

  /// No segment has the number 0, and no body the offset 0 or 8.
  private static let free: UInt64 = 0
  private static let removed: UInt64 = 1

  private static func key(_ id: ContentID) -> UInt64 { id.rawValue.high }

  private static func packed(_ location: BodyLocation) -> UInt64 {
    UInt64(location.segment) << 32 | location.offset / BodyHead.alignment
  }

  private static func location(_ packed: UInt64) -> BodyLocation {
    BodyLocation(
      segment: UInt32(packed >> 32), offset: (packed & 0xFFFF_FFFF) * BodyHead.alignment)
  }

  private mutating func place(_ key: UInt64, _ packed: UInt64) {
    var slot = Int(key & UInt64(keys.count - 1))
    while places[slot] > Self.removed { slot = (slot + 1) & (keys.count - 1) }
    if places[slot] == Self.free { taken += 1 }
    keys[slot] = key
    places[slot] = packed
  }

  private mutating func grow() {
    let old = zip(keys, places).filter { $0.1 > Self.removed }
    let size = count * 2 > keys.count ? keys.count * 2 : keys.count
    keys = [UInt64](repeating: 0, count: size)
    places = [UInt64](repeating: 0, count: size)
    taken = 0
    for (key, packed) in old { place(key, packed) }
  }
}
