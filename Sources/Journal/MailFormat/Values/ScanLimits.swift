/// How far a `MessageScanner` looks into a message.
///
/// Beyond a limit nothing is refused: what comes after it is left out of the facts, or is one
/// opaque leaf. Time and memory stay in proportion to the message and to these numbers.
public struct ScanLimits: Hashable, Sendable {
  /// Nested multiparts and messages.
  public var depth = 100
  /// Parts in all; the last one takes the rest of the message.
  public var parts = 10_000
  /// Octets of one header field that are looked at.
  public var fieldOctets = 262_144
  /// Octets of header values kept, over all parts.
  public var retainedOctets = 1_048_576
  /// Addresses kept, over all envelopes.
  public var addresses = 10_000
  /// Parameters kept, over all parts.
  public var parameters = 10_000

  public init() {}
}
