/// A LIST pattern that mailbox names are held against in linear time. RFC 3501 §6.3.8
///
/// Every place the match can have come to in the pattern is one bit, and all of them advance
/// together over each octet of the name, so no pattern makes matching go back over the name.
struct MailboxPattern: Sendable {
  /// Longer patterns match nothing, as no name is so long.
  static let longest = 2_048

  /// For each octet the pattern names, the places where it does.
  private var places: [UInt8: [UInt64]] = [:]
  /// The places of `*`, and those of `%` too.
  private var everything: [UInt64]
  private var wild: [UInt64]
  /// The place behind the last token.
  private let end: Int
  private let ignoresCase: Bool
  private let isTooLong: Bool

  /// A pattern in UTF-8. With `ignoresCase` ASCII letters compare without case, as for INBOX.
  init(_ pattern: [UInt8], ignoresCase: Bool = false) {
    let tokens = MailboxPattern.simplified(pattern.prefix(MailboxPattern.longest))
    let words = tokens.count / 64 + 1
    everything = Array(repeating: 0, count: words)
    wild = everything
    for (place, octet) in tokens.enumerated() {
      let (word, bit) = (place / 64, UInt64(1) << UInt64(place % 64))
      switch octet {
      case OctetClass.star:
        everything[word] |= bit
        wild[word] |= bit
      case OctetClass.percent: wild[word] |= bit
      default:
        let octet = ignoresCase ? OctetClass.upper(octet) : octet
        places[octet, default: Array(repeating: 0, count: words)][word] |= bit
      }
    }
    end = tokens.count
    self.ignoresCase = ignoresCase
    isTooLong = pattern.count > MailboxPattern.longest
  }

  /// Whether the whole of `name`, in UTF-8, is described by the pattern.
  func matches(_ name: some Sequence<UInt8>) -> Bool {
    guard !isTooLong else { return false }
    var reached = Array(repeating: UInt64(0), count: wild.count)
    reached[0] = 1
    reached[0] |= (reached[0] & wild[0]) << 1
    for octet in name { advance(&reached, over: ignoresCase ? OctetClass.upper(octet) : octet) }
    return reached[end / 64] & 1 << UInt64(end % 64) != 0
  }

  /// Takes every place one octet further; a wildcard may also stand for nothing.
  private func advance(_ reached: inout [UInt64], over octet: UInt8) {
    let wanted = places[octet]
    let staying = octet == OctetClass.slash ? everything : wild
    var carry: UInt64 = 0
    var skipped: UInt64 = 0
    for word in reached.indices {
      let moving = reached[word] & (wanted?[word] ?? 0)
      var next = moving << 1 | carry | reached[word] & staying[word]
      carry = moving >> 63
      let skipping = next & wild[word]
      next |= skipping << 1 | skipped
      skipped = skipping >> 63
      reached[word] = next
    }
  }

  /// The pattern with each run of wildcards made one: `*` where it holds one, else `%`.
  private static func simplified(_ pattern: ArraySlice<UInt8>) -> [UInt8] {
    var tokens: [UInt8] = []
    for octet in pattern {
      switch (octet, tokens.last) {
      case (OctetClass.star, OctetClass.percent): tokens[tokens.count - 1] = OctetClass.star
      case (OctetClass.star, OctetClass.star), (OctetClass.percent, OctetClass.star),
        (OctetClass.percent, OctetClass.percent):
        continue
      default: tokens.append(octet)
      }
    }
    return tokens
  }
}
