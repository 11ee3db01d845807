import Platform

/// The sender rewriting scheme: a forward goes out under an address of this server, which passes the
/// check of the next host, and what comes back to it finds the way to the sender.
///
/// `SRS0=hash=day=host=local@own` stands for `local@host`; a second forwarder keeps the first one's
/// hash and host in `SRS1=hash=host=rest@own`. The hash is keyed and the day counts, so nobody can
/// make an address that sends mail on to others, and an old one leads nowhere.
public struct SenderRewriting: Sendable {
  /// Days for which an address leads back: longer than any server tries.
  static let validDays: Int64 = 21
  /// Octets of a path. RFC 5321 §4.5.3.1.3
  private static let longest = 254
  private static let digits = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
  private static let equals = UInt8(ascii: "=")

  private let key: Key
  /// The domain the rewritten addresses are in.
  private let domain: [UInt8]

  public init(key: Key, domain: String) {
    self.key = key
    self.domain = Array(domain.utf8)
  }

  /// The reverse path under which mail of `sender` is passed on; nil where it has none that fits,
  /// and it goes out with the null path.
  public func rewrite(_ sender: [UInt8], at now: Timestamp) -> [UInt8]? {
    guard let at = sender.lastIndex(of: UInt8(ascii: "@")), at > sender.startIndex,
      at + 1 < sender.endIndex
    else { return nil }
    let (local, host) = (Array(sender[..<at]), Array(sender[(at + 1)...]))
    let rewritten: [UInt8]
    if Self.isNamed("SRS0", local) {
      let rest = host + [Self.equals] + local[4...]
      rewritten = Array("SRS1=".utf8) + hash(rest) + [Self.equals] + rest
    } else if Self.isNamed("SRS1", local), let mark = local[5...].firstIndex(of: Self.equals) {
      let rest = Array(local[(mark + 1)...])
      rewritten = Array("SRS1=".utf8) + hash(rest) + [Self.equals] + rest
    } else {
      guard !host.contains(Self.equals) else { return nil }
      let rest = day(at: now) + [Self.equals] + host + [Self.equals] + local
      rewritten = Array("SRS0=".utf8) + hash(rest) + [Self.equals] + rest
    }
    let path = rewritten + [UInt8(ascii: "@")] + domain
    return path.count <= Self.longest ? path : nil
  }

  /// The address that a rewritten local part stands for; nil where it is none of this server's, or
  /// too old.
  public func reverse(_ local: [UInt8], at now: Timestamp) -> [UInt8]? {
    guard local.count > 5, local[4] == Self.equals,
      let mark = local[5...].firstIndex(of: Self.equals), mark + 1 < local.endIndex
    else { return nil }
    let rest = Array(local[(mark + 1)...])
    guard ConstantTime.equal(hash(rest), local[5..<mark].map(Self.lower)) else { return nil }
    if Self.isNamed("SRS1", local) {
      guard let end = rest.firstIndex(of: Self.equals), end > 0 else { return nil }
      return Array("SRS0".utf8) + rest[(end + 1)...] + [UInt8(ascii: "@")] + rest[..<end]
    }
    guard Self.isNamed("SRS0", local), rest.count > 4, rest[2] == Self.equals,
      let age = age(rest[0], rest[1], at: now), age <= Self.validDays,
      let end = rest[3...].firstIndex(of: Self.equals), end > 3, end + 1 < rest.endIndex
    else { return nil }
    return Array(rest[(end + 1)...]) + [UInt8(ascii: "@")] + rest[3..<end]
  }

  /// Whether a local part is of this form, whoever made it.
  public static func isRewritten(_ local: [UInt8]) -> Bool {
    isNamed("SRS0", local) || isNamed("SRS1", local)
  }

  private static func isNamed(_ name: String, _ local: [UInt8]) -> Bool {
    local.count > 5 && local[4] == equals && local[..<4].map(lower) == name.utf8.map(lower)
  }

  private static func lower(_ octet: UInt8) -> UInt8 {
    (0x41...0x5a).contains(octet) ? octet | 0x20 : octet
  }

  /// Forty bits; other servers may change the case of an address, so it does not count.
  private func hash(_ rest: [UInt8]) -> [UInt8] {
    let digest = HMAC.sha256(key: key, Array("srs:".utf8) + rest.map(Self.lower)).bytes
    var bits: UInt64 = 0
    for octet in digest.prefix(5) { bits = bits << 8 | UInt64(octet) }
    return (0..<8).map { Self.digits[Int(bits >> UInt64(35 - 5 * $0) & 31)] }
  }

  private static func number(at now: Timestamp) -> Int64 {
    let day = now.seconds / 86_400 % 1_024
    return day < 0 ? day + 1_024 : day
  }

  private func day(at now: Timestamp) -> [UInt8] {
    let number = Int(Self.number(at: now))
    return [Self.digits[number >> 5], Self.digits[number & 31]]
  }

  /// Days since an address was made.
  private func age(_ high: UInt8, _ low: UInt8, at now: Timestamp) -> Int64? {
    guard let high = Self.digits.firstIndex(of: Self.lower(high)),
      let low = Self.digits.firstIndex(of: Self.lower(low))
    else { return nil }
    return (Self.number(at: now) - Int64(high << 5 | low) + 1_024) % 1_024
  }
}
