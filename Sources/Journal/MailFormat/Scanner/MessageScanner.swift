/// Finds out what a message is made of while its octets go by.
///
/// Feed it chunks of any size; where they are cut makes no difference. It keeps no body, takes time
/// in proportion to the octets, and accepts anything: what is not understood is a leaf.
public struct MessageScanner: Sendable {
  let limits: ScanLimits
  var size: UInt64 = 0

  public init(limits: ScanLimits = ScanLimits()) {
    self.limits = limits
  }

  /// Takes the next octets of the message.
  public mutating func feed(_ chunk: Span<UInt8>) {
    size += UInt64(chunk.count)
  }

  /// Takes the next octets of the message.
  public mutating func feed(_ chunk: [UInt8]) {
    feed(chunk.span)
  }

  /// Ends the message and says what it was. Call it once.
  public mutating func finish() -> MessageFacts {
    MessageFacts(envelope: Envelope(), structure: BodyStructure(bodyEnd: size))
  }
}
