/// The octets of a message, chunk by chunk.
///
/// A value at its start is kept and copied for each attempt, so a copy must begin anew: what has
/// been read belongs into the value, not behind a reference.
public protocol OutboundBody: Sendable {
  /// The next octets with CRLF line ends, at most about 64 KiB; nil at the end. Must not block.
  mutating func next() async throws -> [UInt8]?
}

/// A message that is in memory.
public struct OctetBody: OutboundBody {
  private var chunks: [[UInt8]]

  public init(_ chunks: [UInt8]...) { self.chunks = chunks.reversed() }

  public mutating func next() async throws -> [UInt8]? { chunks.popLast() }
}
