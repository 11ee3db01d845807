/// Sixteen bytes that name one thing: a UUID.
///
/// Ids compare as their bytes do, so ids made by `timed` sort by the time they were made at.
public struct ID: Hashable, Comparable, Sendable {
  /// The first eight bytes, big endian.
  public let high: UInt64
  /// The last eight bytes, big endian.
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The id of all zero bits.
  public static let zero = ID(high: 0, low: 0)

  public static func < (left: ID, right: ID) -> Bool {
    left.high == right.high ? left.low < right.low : left.high < right.high
  }
}

extension ID {
  /// The id of exactly sixteen bytes; nil for any other number of them.
  public init?(bytes: Span<UInt8>) {
    guard bytes.count == 16 else { return nil }
    var words: (high: UInt64, low: UInt64) = (0, 0)
    for index in 0..<8 {
      words.high = words.high << 8 | UInt64(bytes[index])
      words.low = words.low << 8 | UInt64(bytes[index + 8])
    }
    self.init(high: words.high, low: words.low)
  }

  /// The id of exactly sixteen bytes; nil for any other number of them.
  public init?(bytes: [UInt8]) {
    self.init(bytes: bytes.span)
  }

  /// The sixteen bytes, big endian.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(16)
    append(to: &bytes)
    return bytes
  }

  /// Appends the sixteen bytes, big endian.
  public func append(to bytes: inout [UInt8]) {
    withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { bytes.append(contentsOf: $0) }
  }
}
