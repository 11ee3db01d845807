import Platform

/// The keys that session tickets are sealed under: the current and the one before.
///
/// They live in memory only and change every six hours, so that a key found later opens nothing
/// older than twelve hours. RFC 8446 §4.6.1
struct TicketKeys {
  static let nameCount = 16
  /// Name 16, AES-256 key 32, HMAC key 32.
  static let count = 80
  static let period: UInt64 = 6 * 3_600 * 1_000_000_000

  private(set) var current: [UInt8]
  private var previous: [UInt8]?
  private var since: UInt64

  init(now: UInt64, entropy: some Entropy) {
    current = entropy.bytes(Self.count)
    since = now
  }

  mutating func rotate(now: UInt64, entropy: some Entropy) {
    guard now >= since + Self.period else { return }
    previous = now >= since + 2 * Self.period ? nil : current
    current = entropy.bytes(Self.count)
    since = now
  }

  /// The keys of that name, and whether they are the old ones.
  func find(_ name: [UInt8]) -> (keys: [UInt8], isOld: Bool)? {
    if current.starts(with: name) { return (current, false) }
    if let previous, previous.starts(with: name) { return (previous, true) }
    return nil
  }
}
