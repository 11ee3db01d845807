import Events
import Platform

/// One record as stored, copied out of the journal.
public struct RawRecord: Hashable, Sendable {
  /// Where it stands; the first is 1.
  public let position: Position
  /// The record's bytes, checksum included.
  public let bytes: [UInt8]

  public init(position: Position, bytes: [UInt8]) {
    self.position = position
    self.bytes = bytes
  }
}
