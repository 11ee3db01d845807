import Events
import Platform
import Synchronization

/// Passwords that were found right a moment ago, so that a client with many connections costs one
/// slow hash and not one each.
///
/// An entry is an HMAC under a key that exists in this process only; it names the slot of the
/// verifier, so a changed password finds nothing. Entries end after a minute and are at most
/// 10,000; wrong passwords are never kept.
final class PasswordCache: Sendable {
  static let lifetime: UInt64 = 60_000_000_000
  static let most = 10_000

  private struct Contents {
    var expiry: [Digest: UInt64] = [:]
    /// In the order of their ends.
    var order: [(entry: Digest, expiry: UInt64)] = []
    var first = 0

    mutating func drop(now: UInt64) {
      while first < order.count,
        order[first].expiry <= now || order.count - first > PasswordCache.most
      {
        let (entry, end) = order[first]
        if expiry[entry] == end { expiry[entry] = nil }
        first += 1
      }
      if first > 1_024, first * 2 > order.count {
        order.removeFirst(first)
        first = 0
      }
    }
  }

  private let key: Key
  private let contents = Mutex(Contents())

  init(entropy: some Entropy) { key = entropy.key() }

  /// Whether the password was found right for that verifier within the last minute.
  func holds(_ password: [UInt8], of slot: Slot, now: UInt64) -> Bool {
    let entry = entry(password, slot)
    return contents.withLock { contents in
      contents.drop(now: now)
      return contents.expiry[entry] != nil
    }
  }

  /// Notes that the password is right.
  func keep(_ password: [UInt8], of slot: Slot, now: UInt64) {
    let entry = entry(password, slot)
    contents.withLock { contents in
      contents.expiry[entry] = now + Self.lifetime
      contents.order.append((entry, now + Self.lifetime))
      contents.drop(now: now)
    }
  }

  var count: Int { contents.withLock { $0.expiry.count } }

  private func entry(_ password: [UInt8], _ slot: Slot) -> Digest {
    var bytes: [UInt8] = []
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: slot.rawValue >> UInt64(shift)))
    }
    return HMAC.sha256(key: key, bytes + password)
  }
}
