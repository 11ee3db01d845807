import Platform

/// The name of one tile of the tree: its level and its index in that level.
///
/// A tile of level `l` holds up to 256 hashes, each the root of 256^l leaves. C2SP tlog-tiles
public struct TileKey: Hashable, Comparable, Sendable {
  /// How many hashes a full tile holds.
  public static let fullWidth = 256
  /// Tiles of a tree of 2^64 leaves have levels 0 to 7.
  public static let maximumLevel: UInt8 = 7
  /// The length of `bytes`.
  public static let byteCount = 9

  public let level: UInt8
  public let index: UInt64

  public init(level: UInt8, index: UInt64) {
    self.level = level
    self.index = index
  }

  /// The key in an epoch's `tile` table: level, one byte, then index, eight bytes big endian.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = [level]
    bytes.reserveCapacity(TileKey.byteCount)
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: index >> shift))
    }
    return bytes
  }

  /// Reads what `bytes` wrote; nil for any other length or a level above 7.
  public init?(bytes: [UInt8]) {
    guard bytes.count == TileKey.byteCount, bytes[0] <= TileKey.maximumLevel else { return nil }
    level = bytes[0]
    index = bytes.dropFirst().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The first leaf under the tile.
  public var firstLeaf: UInt64 { index << (8 * (UInt64(level) + 1)) }

  /// How many hashes the tile holds in a tree of `size` leaves: 0 to 256.
  public func width(in size: UInt64) -> Int {
    let hashes = size >> (8 * UInt64(level))
    let first = index << 8
    return hashes <= first ? 0 : Int(min(hashes - first, UInt64(TileKey.fullWidth)))
  }

  public static func < (left: TileKey, right: TileKey) -> Bool {
    (left.level, left.index) < (right.level, right.index)
  }
}
