/// What can be set about a Scribe.
public struct ScribeOptions: Sendable {
  /// The version that `server.started` names.
  public var version = ""
  /// Requests per batch.
  public var batchRequests = 1_000
  /// Bytes of bodies, and bytes of records, after which a batch takes no further request: 4 MiB.
  public var batchBytes = 4 << 20
  /// The longest time, in nanoseconds, that new events wait for a signed checkpoint.
  public var checkpointInterval: UInt64 = 1_000_000_000
  /// Nanoseconds between two attempts to write again after the disk was full.
  public var probeInterval: UInt64 = 1_000_000_000
  /// Nanoseconds that an answer waits at most for a state that cannot be committed; then the asker is
  /// told that there is no verdict.
  public var answerDelay: UInt64 = 5_000_000_000
  /// Nanoseconds between two looks at the clocks while nothing happens.
  public var clockInterval: UInt64 = 1_000_000_000
  /// The size of the ballast file in bytes: 256 MiB. 0 keeps none.
  public var ballastBytes: UInt64 = 256 << 20
  /// Free bytes, besides the ballast, without which writing does not resume: 8 MiB.
  public var resumeBytes: UInt64 = 8 << 20
  /// The most a single decision may write, in bytes of records: 4 MiB.
  public var decisionBytes = 4 << 20

  public init() {}
}
