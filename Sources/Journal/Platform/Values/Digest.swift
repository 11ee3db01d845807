/// A SHA-256 value.
///
/// Its thirty-two bytes lie in place, so arrays of digests need no further memory.
public struct Digest: Hashable, Sendable, CustomStringConvertible {
  let octets: Octets32

  init(octets: Octets32) {
    self.octets = octets
  }

  /// The digest of exactly 32 bytes; nil for any other number of them.
  public init?(bytes: Span<UInt8>) {
    guard let octets = Octets32(bytes.bytes) else { return nil }
    self.octets = octets
  }

  /// The digest of exactly 32 bytes; nil for any other number of them.
  public init?(bytes: RawSpan) {
    guard let octets = Octets32(bytes) else { return nil }
    self.octets = octets
  }

  /// The digest of exactly 32 bytes; nil for any other number of them.
  public init?(bytes: [UInt8]) {
    self.init(bytes: bytes.span)
  }

  /// Thirty-two zero bytes.
  public static let zero = Digest(octets: Octets32())

  /// The 32 bytes.
  public var bytes: [UInt8] { octets.bytes }

  /// Appends the 32 bytes.
  public func append(to bytes: inout [UInt8]) {
    octets.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  /// Sixty-four lower-case hexadecimal digits.
  public var description: String { Hex.encode(bytes) }
}
