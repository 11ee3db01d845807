/// What is known for a while, good and bad. RFC 2308 §5
///
/// Two halves: what is used lands in the young one, and when that is full the old one goes. So it
/// is bounded, every operation costs the same, and what is asked for often stays.
struct DNSCache {
  private struct Entry {
    let outcome: Result<DNSAnswer, DNSFailure>
    let until: UInt64
  }

  /// Seconds for which an answer is kept at most.
  static let longest: UInt32 = 86_400
  /// Seconds for which an absence is kept at most. RFC 2308 §5
  static let longestNegative: UInt32 = 10_800
  /// An answer of more records than this is not kept.
  static let mostRecords = 64

  private let half: Int
  private var young: [DNSQuestion: Entry] = [:]
  private var old: [DNSQuestion: Entry] = [:]

  init(limit: Int) { half = max(1, limit / 2) }

  var count: Int { young.count + old.count }

  /// What is known of `question` at `now` (nanoseconds).
  mutating func find(_ question: DNSQuestion, now: UInt64) -> Result<DNSAnswer, DNSFailure>? {
    if let entry = young[question] {
      return entry.until > now ? entry.outcome : nil
    }
    guard let entry = old.removeValue(forKey: question), entry.until > now else { return nil }
    add(entry, for: question)
    return entry.outcome
  }

  /// Keeps `outcome` for `seconds` from `now`.
  mutating func keep(
    _ outcome: Result<DNSAnswer, DNSFailure>, for question: DNSQuestion, seconds: UInt32,
    now: UInt64
  ) {
    guard seconds > 0 else { return }
    var bound = Self.longestNegative
    if case .success(let answer) = outcome {
      guard answer.records.count <= Self.mostRecords else { return }
      bound = Self.longest
    }
    let until = now + UInt64(min(seconds, bound)) * 1_000_000_000
    old[question] = nil
    add(Entry(outcome: outcome, until: until), for: question)
  }

  private mutating func add(_ entry: Entry, for question: DNSQuestion) {
    if young.count >= half, young[question] == nil {
      old = young
      young = [:]
    }
    young[question] = entry
  }
}
