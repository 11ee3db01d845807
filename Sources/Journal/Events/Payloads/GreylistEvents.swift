import Platform

/// Triplets came for the first time, and were refused for now.
public struct GreylistSeen: BlankPayload {
  public static let type = EventType("greylist.seen")
  public static let about =
    "Networks, senders and recipients came together for the first time; they are to try again."

  public var since = ClockMark.zero
  public var triplets: [Triplet] = []

  init() {}

  public init(since: ClockMark, triplets: [Triplet]) {
    self.since = since
    self.triplets = triplets
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("since", &since)
    try walker.public("triplets", &triplets)
  }
}

/// Triplets came again in time, and are remembered.
public struct GreylistPassed: BlankPayload {
  public static let type = EventType("greylist.passed")
  public static let about =
    "Triplets came again in time and are let through from now on; at most once a day for each."

  public var since = ClockMark.zero
  public var triplets: [Triplet] = []

  init() {}

  public init(since: ClockMark, triplets: [Triplet]) {
    self.since = since
    self.triplets = triplets
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("since", &since)
    try walker.public("triplets", &triplets)
  }
}
