import Platform

/// The journal begins with this event.
public struct JournalCreated: BlankPayload {
  public static let type = EventType("journal.created")
  public static let about = "The journal begins; always the first event."

  /// The slot of the server's own key, which seals what belongs to no domain.
  public var key = Slot.zero
  public var log = LogID.zero
  /// The public key of the checkpoints, as C2SP signed notes write it.
  public var verifierKey = ""
  /// The origin line of the checkpoints.
  public var origin = ""
  /// The program that made the journal, with its version.
  public var application = ""

  init() {}

  public init(key: Slot, log: LogID, verifierKey: String, origin: String, application: String) {
    self.key = key
    self.log = log
    self.verifierKey = verifierKey
    self.origin = origin
    self.application = application
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("key", &key)
    try walker.public("log", &log)
    try walker.public("vkey", &verifierKey)
    try walker.public("origin", &origin)
    try walker.public("application", &application)
  }
}

/// An epoch of the journal is full and is never written again.
public struct EpochSealed: BlankPayload {
  public static let type = EventType("epoch.sealed")
  public static let about = "An epoch is full; the first event of the next one."

  /// The last position of the epoch.
  public var last = Position.zero
  /// The root of the tree of all events up to and including `last`.
  public var root = Digest.zero
  /// The number of the sealed epoch, from 0.
  public var epoch: UInt64 = 0
  /// The first position of the epoch.
  public var first = Position.zero

  init() {}

  public init(last: Position, root: Digest, epoch: UInt64, first: Position) {
    self.last = last
    self.root = root
    self.epoch = epoch
    self.first = first
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("last", &last)
    try walker.public("root", &root)
    try walker.public("epoch", &epoch)
    try walker.public("first", &first)
  }
}

/// Some records were reduced to their leaf hashes, for the erasure of one message.
public struct RecordRedacted: BlankPayload {
  public static let type = EventType("record.redacted")
  public static let about = "Records were reduced to their leaf hashes."

  public var reason = ""
  /// What was erased, such as a message.
  public var subject: ID?
  /// Ascending.
  public var positions: [Position] = []

  init() {}

  public init(reason: String, subject: ID? = nil, positions: [Position]) {
    self.reason = reason
    self.subject = subject
    self.positions = positions
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("reason", &reason)
    try walker.public("subject", &subject)
    try walker.public("positions", &positions)
  }
}
