import Events

/// A selected mailbox as one session numbers it. RFC 2180
///
/// It changes only when the client has been told: other sessions may expunge messages meanwhile,
/// and these keep their numbers here until an EXPUNGE response takes them out.
struct MailboxView: Sendable {
  let mailbox: MailboxID
  let uidValidity: UInt32
  /// Opened by EXAMINE.
  let isReadOnly: Bool
  var uids: UIDList
  /// The messages that this session was the first to hear of. RFC 3501 §2.3.2
  var recent: UIDList
  /// The names of the mailbox's keywords by their numbers.
  var keywords: [Flag]
  /// Up to where in the journal the client has been told of new messages and flags.
  var seen: Position
  /// What a command told of its own accord, so that the update behind it need not repeat it.
  var told: [Told] = []
  /// What the session itself changed, in order, where the client knows all of it.
  var own: [Own] = []
  /// Where the sessions with this mailbox share their lists of messages.
  var shared: SharedUIDs?

  /// These messages' flags are known to the client as of that position.
  struct Told: Hashable, Sendable {
    /// Sorted.
    let uids: [ClosedRange<UInt32>]
    let through: Position
  }

  /// Nothing but what this session asked for changed in the mailbox between two positions, new
  /// messages aside.
  struct Own: Hashable, Sendable {
    let after: Position
    let through: Position
  }

  /// Whether the client knows all flags as of a mailbox whose last change, new messages aside, was
  /// at `changed`, and no message was removed since.
  func knowsChanges(through changed: Position) -> Bool {
    var reached = seen
    for own in own where own.after <= reached { reached = max(reached, own.through) }
    return changed <= reached
  }

  /// Whether the client knows the flags of a message that last changed at `modseq`.
  func knows(_ uid: UInt32, at modseq: Position) -> Bool {
    modseq <= seen || told.contains { modseq <= $0.through && $0.uids.holds(uid) }
  }

  /// The UIDs of the messages a command names that are in this view, as sorted ranges; nil where it
  /// names a number that no message has.
  func resolve(_ messages: MessageSet) -> [ClosedRange<UInt32>]? {
    if messages.isUID { return uids.intersection(messages.set.resolved(largest: uids.last)) }
    guard messages.set.largestNamed <= uids.count else { return nil }
    return uids.uids(atNumbers: messages.set.resolved(largest: uids.count))
  }
}

extension [ClosedRange<UInt32>] {
  /// How many numbers the ranges hold.
  var total: Int { reduce(0) { $0 + $1.count } }

  /// The ranges in runs of at most `limit` numbers each.
  func pieces(of limit: Int) -> [[ClosedRange<UInt32>]] {
    var pieces: [[ClosedRange<UInt32>]] = []
    var piece: [ClosedRange<UInt32>] = []
    var room = limit
    for range in self {
      var first = range.lowerBound
      while true {
        let left = Int(range.upperBound - first) + 1
        let taken = Swift.min(left, room)
        piece.append(first...first + UInt32(taken - 1))
        room -= taken
        if room == 0 {
          pieces.append(piece)
          piece = []
          room = limit
        }
        guard taken < left else { break }
        first += UInt32(taken)
      }
    }
    if !piece.isEmpty { pieces.append(piece) }
    return pieces
  }
}

extension UIDSet {
  /// A set of the UIDs in sorted ranges.
  init(_ ranges: [ClosedRange<UInt32>]) {
    self.init()
    for range in ranges { insert(UID(range.lowerBound)...UID(range.upperBound)) }
  }

  /// The UIDs as sorted ranges of numbers.
  var numbers: [ClosedRange<UInt32>] {
    ranges.map { $0.lowerBound.rawValue...$0.upperBound.rawValue }
  }
}
