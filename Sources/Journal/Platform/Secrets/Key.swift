import CPlatform

/// Thirty-two secret bytes.
///
/// A key shows nothing of itself: neither printing nor `dump` tells its bytes, and comparing two
/// keys takes the same time wherever they differ.
public struct Key: Hashable, Sendable {
  let octets: Octets32

  init(octets: Octets32) {
    self.octets = octets
  }

  /// The key of exactly 32 bytes; nil for any other number of them.
  public init?(bytes: Span<UInt8>) {
    guard let octets = Octets32(bytes.bytes) else { return nil }
    self.octets = octets
  }

  /// The key of exactly 32 bytes; nil for any other number of them.
  public init?(bytes: RawSpan) {
    guard let octets = Octets32(bytes) else { return nil }
    self.octets = octets
  }

  /// The key of exactly 32 bytes; nil for any other number of them.
  public init?(bytes: [UInt8]) {
    self.init(bytes: bytes.span)
  }

  /// The secret itself, for storing it. Wipe what it was copied to when done.
  public var secretBytes: [UInt8] { octets.bytes }
}

extension Key: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "Key(hidden)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}

extension [UInt8] {
  /// Overwrites every byte with zero, and is never optimised away. For secrets that were copied.
  public mutating func wipe() {
    withUnsafeMutableBytes { daybook_wipe($0.baseAddress, $0.count) }
    removeAll()
  }
}
