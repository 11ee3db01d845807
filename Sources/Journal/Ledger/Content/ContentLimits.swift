/// How segments are made. Sizes in bytes.
public struct ContentLimits: Hashable, Sendable {
  /// Nothing is appended to a segment that has reached this length; a body may reach beyond it.
  public var segmentBytes: UInt64 = 256 << 20
  /// By how much a segment's file grows at a time.
  public var stepBytes: UInt64 = 16 << 20
  /// How many zeros are written ahead of small batches: a sync of blocks that were written before
  /// takes 0.10 ms where one of blocks that were only reserved takes 0.16 to 0.20.
  public var aheadBytes: UInt64 = 1 << 20
  /// Batches of at least this length write nothing ahead.
  public var smallBatchBytes: UInt64 = 64 << 10
  /// How many segment files are kept open for reading.
  public var openFiles = 512
  /// How many files of old segments are kept to be used again.
  public var spareFiles = 2

  public init() {}
}
