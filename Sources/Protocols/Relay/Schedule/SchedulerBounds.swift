extension Scheduler {
  /// How much goes on at a time.
  public struct Bounds: Hashable, Sendable {
    /// Dialogues at once: in all, to one destination (with those that connect), for one domain.
    public var workers = 100
    public var perDestination = 20
    public var perDomain = 50
    /// Jobs that seek their destination at once.
    public var reaching = 20_000
    /// How long a destination sleeps after it failed as a whole; doubled with each failure.
    public var shortestSleep = Duration.seconds(60)
    public var longestSleep = Duration.seconds(900)

    public init() {}
  }
}
