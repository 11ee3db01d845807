import Events
import Platform
import State

/// What greylisting has learnt and State does not yet know, bounded by the minute, so that a flood
/// cannot fill the disk.
struct GreylistPending {
  /// New triplets that are remembered in a minute: of all; of one provider, an IPv4 /16 or an IPv6
  /// /32, so that none uses up what others need; and of one network.
  static let mostInAMinute = 5_000
  static let mostOfAProvider = 500
  static let mostOfANetwork = 100
  private static let minute: UInt64 = 60_000_000_000

  private var waiting: [Triplet: GreylistEntry] = [:]
  /// On the way to State; asked until they are there.
  private var underway: [Triplet: GreylistEntry] = [:]
  /// By the boot clock, in nanoseconds.
  private var minute: UInt64 = 0
  private var seen = 0
  private var seenOf: [IPNetwork: Int] = [:]

  /// What is known besides State.
  func entry(_ triplet: Triplet) -> GreylistEntry? { waiting[triplet] ?? underway[triplet] }

  /// Remembers a triplet that came for the first time, unless there are too many.
  mutating func see(_ triplet: Triplet, from network: IPAddress, at now: ClockMark) {
    if now.sinceBoot / Self.minute != minute {
      minute = now.sinceBoot / Self.minute
      seen = 0
      seenOf = [:]
    }
    let provider = IPNetwork(network, bits: network.isV4 ? 16 : 32)
    let sender = IPNetwork(network)
    guard seen < Self.mostInAMinute, seenOf[provider, default: 0] < Self.mostOfAProvider,
      seenOf[sender, default: 0] < Self.mostOfANetwork, waiting.count < 2 * Self.mostInAMinute
    else { return }
    seen += 1
    for one in [provider, sender] { seenOf[one, default: 0] += 1 }
    waiting[triplet] = GreylistEntry(hasPassed: false, since: now)
  }

  /// Remembers a triplet that came again in time.
  mutating func pass(_ triplet: Triplet, at now: ClockMark) {
    guard waiting.count < 4 * Self.mostInAMinute else { return }
    waiting[triplet] = GreylistEntry(hasPassed: true, since: now)
  }

  /// What is to be journaled now, at most one decision's worth; nil where there is nothing.
  mutating func take(at now: ClockMark) -> RecordGreylist? {
    guard !waiting.isEmpty else { return nil }
    let due = waiting.prefix(RecordGreylist.most)
    for (triplet, entry) in due {
      waiting[triplet] = nil
      underway[triplet] = entry
    }
    return RecordGreylist(
      at: now, seen: due.filter { !$0.value.hasPassed }.map(\.key),
      passed: due.filter(\.value.hasPassed).map(\.key))
  }

  /// State knows it now.
  mutating func settle(_ done: RecordGreylist) {
    for triplet in done.seen + done.passed { underway[triplet] = nil }
  }

  /// Takes back what could not be journaled; what came since then stays as it is.
  mutating func putBack(_ late: RecordGreylist) {
    for triplet in late.seen + late.passed {
      guard let entry = underway.removeValue(forKey: triplet), waiting[triplet] == nil else {
        continue
      }
      waiting[triplet] = entry
    }
  }
}
