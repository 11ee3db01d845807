/// What a `MessageScanner` found out about a message while its octets went by.
public struct MessageFacts: Hashable, Sendable {
  public var envelope: Envelope
  public var structure: BodyStructure
  public var tally: FieldTally
  /// Whether a limit kept the scanner from looking at all of it; the octets are what they were.
  public var isCapped: Bool

  public init(
    envelope: Envelope, structure: BodyStructure, tally: FieldTally = FieldTally(),
    isCapped: Bool = false
  ) {
    self.envelope = envelope
    self.structure = structure
    self.tally = tally
    self.isCapped = isCapped
  }

  /// The octets of the header with the empty line that ends it.
  public var headerLength: UInt64 { structure.bodyStart }

  /// The octets of the whole message.
  public var size: UInt64 { structure.bodyEnd }
}
