import Events
import MailFormat
import Platform
import TestKit

/// A value made from random numbers, of any size that may occur.
protocol Sampled {
  static func sample(_ random: inout SeededRandom) -> Self
}

extension SeededRandom {
  /// Fewer than `limit` values.
  mutating func list<Value: Sampled>(_ limit: Int = 5) -> [Value] {
    (0..<Int.random(in: 0..<limit, using: &self)).map { _ in Value.sample(&self) }
  }

  mutating func maybe<Value: Sampled>() -> Value? {
    Bool.random(using: &self) ? Value.sample(&self) : nil
  }

  mutating func number() -> UInt64 { next() >> UInt64.random(in: 0..<64, using: &self) }
}

extension UInt64: Sampled {
  static func sample(_ random: inout SeededRandom) -> UInt64 { random.number() }
}

extension UInt32: Sampled {
  static func sample(_ random: inout SeededRandom) -> UInt32 {
    UInt32(truncatingIfNeeded: random.number())
  }
}

extension UInt8: Sampled {
  static func sample(_ random: inout SeededRandom) -> UInt8 {
    UInt8(truncatingIfNeeded: random.next())
  }
}

extension Bool: Sampled {
  static func sample(_ random: inout SeededRandom) -> Bool { random.next() & 1 == 0 }
}

extension String: Sampled {
  static func sample(_ random: inout SeededRandom) -> String {
    let words = [
      "", "a", "\u{e4}\u{f6}\u{fc}", "imap", "\"<&>\"", "\u{202e}x\n", "Gr\u{fc}\u{df}e",
    ]
    return words.randomElement(using: &random)! + String(random.next() % 1000)
  }
}

extension Array: Sampled where Element: Sampled {
  static func sample(_ random: inout SeededRandom) -> [Element] { random.list() }
}

extension ID: Sampled {
  static func sample(_ random: inout SeededRandom) -> ID {
    ID(high: random.next(), low: random.next())
  }
}

extension Timestamp: Sampled {
  static func sample(_ random: inout SeededRandom) -> Timestamp {
    Timestamp(microseconds: max(Int64(bitPattern: random.number()), .min + 1_000_000))
  }
}

extension Digest: Sampled {
  static func sample(_ random: inout SeededRandom) -> Digest {
    SHA256.digest(random.bytes(8))
  }
}

extension Sampled where Self: RawRepresentable, RawValue: Sampled {
  static func sample(_ random: inout SeededRandom) -> Self {
    Self(rawValue: RawValue.sample(&random))!
  }
}

extension DomainID: Sampled {}
extension UserID: Sampled {}
extension MailboxID: Sampled {}
extension AliasID: Sampled {}
extension MessageID: Sampled {}
extension ContentID: Sampled {}
extension SessionID: Sampled {}
extension EventID: Sampled {}
extension LogID: Sampled {}
extension ActorID: Sampled {}
extension Position: Sampled {}
extension Slot: Sampled {}
extension UID: Sampled {}
extension Keyword: Sampled {}
extension SystemFlags: Sampled {}

extension Sampled where Self: CaseIterable, Self: RawRepresentable, RawValue == String {
  static func sample(_ random: inout SeededRandom) -> Self {
    allCases.randomElement(using: &random)!
  }
}

extension SettingScope: CaseIterable, Sampled {
  public static var allCases: [SettingScope] { [.system, .domain, .user] }
}

extension FlagChange: CaseIterable, Sampled {
  public static var allCases: [FlagChange] { [.add, .remove, .replace] }
}

extension Wrap: Sampled {
  static func sample(_ random: inout SeededRandom) -> Wrap {
    Wrap(slot: Slot.sample(&random), bytes: random.bytes(Wrap.length))!
  }
}

extension UIDSet: Sampled {
  static func sample(_ random: inout SeededRandom) -> UIDSet {
    let uids: [UID] = random.list(20)
    return UIDSet(uids.filter { $0 > .zero })
  }
}

extension SettingChange: Sampled {
  static func sample(_ random: inout SeededRandom) -> SettingChange {
    SettingChange(key: String.sample(&random), old: random.maybe(), new: random.maybe())
  }
}

extension SecretChange: Sampled {
  static func sample(_ random: inout SeededRandom) -> SecretChange {
    SecretChange(key: String.sample(&random), slot: random.maybe(), replaced: random.maybe())
  }
}

extension KeywordPair: Sampled {
  static func sample(_ random: inout SeededRandom) -> KeywordPair {
    KeywordPair(from: Keyword.sample(&random), to: Keyword.sample(&random))
  }
}

extension RouteStep: Sampled {
  static func sample(_ random: inout SeededRandom) -> RouteStep {
    RouteStep(Kind(rawValue: String.sample(&random)), random.list(40))
  }
}

extension AdmittedEntry: Sampled {
  static func sample(_ random: inout SeededRandom) -> AdmittedEntry {
    AdmittedEntry(Position.sample(&random), [UInt64].sample(&random))
  }
}

extension Recipient: Sampled {
  static func sample(_ random: inout SeededRandom) -> Recipient {
    Recipient(
      address: random.list(40), user: random.maybe(), via: random.maybe(),
      notify: random.maybe(), original: random.maybe())
  }
}

extension DeliveryNotice: Sampled {
  static func sample(_ random: inout SeededRandom) -> DeliveryNotice {
    DeliveryNotice(ret: random.maybe(), envelopeID: random.maybe())
  }
}

extension Triplet: Sampled {}

extension ClockMark: Sampled {
  static func sample(_ random: inout SeededRandom) -> ClockMark {
    ClockMark(wall: .sample(&random), boot: .sample(&random), sinceBoot: random.number())
  }
}

extension AbuseCount: Sampled {
  static func sample(_ random: inout SeededRandom) -> AbuseCount {
    AbuseCount(
      rule: String.sample(&random), user: random.maybe(), count: random.number(),
      source: random.maybe(), service: String.sample(&random))
  }
}
