import Platform

/// What a proxy says in front of a connection about the client it speaks for: the PROXY protocol of
/// HAProxy, version 1 (a line of text) and version 2 (octets).
enum ProxyHeader {
  /// What the first octets of a connection are.
  enum Reading: Equatable {
    /// More octets are needed.
    case incomplete
    /// A connection of the proxy's own, such as a health check, or of a client it cannot name.
    case nameless(length: Int)
    case client(SocketAddress, server: SocketAddress, length: Int)
    case malformed
  }

  /// The longest header of version 1, with its CRLF.
  static let longestLine = 107
  /// The longest header of version 2 that is read: addresses and a few extensions.
  static let longest = 4_096

  private static let word = Array("PROXY ".utf8)
  private static let signature: [UInt8] = [
    0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
  ]

  /// Reads a header at the begin of `bytes`.
  static func read(_ bytes: [UInt8]) -> Reading {
    if begins(bytes, with: signature) {
      return bytes.count < signature.count ? .incomplete : readBinary(bytes)
    }
    guard begins(bytes, with: word) else { return .malformed }
    guard let end = bytes.prefix(longestLine).firstIndex(of: 0x0A) else {
      return bytes.count < longestLine ? .incomplete : .malformed
    }
    guard end > 0, bytes[end - 1] == 0x0D else { return .malformed }
    return readLine(String(decoding: bytes[..<(end - 1)], as: UTF8.self), length: end + 1)
  }

  /// How many octets surely belong to the header that `bytes` begin, and are not there yet.
  static func missing(_ bytes: [UInt8]) -> Int {
    if bytes.count < signature.count { return signature.count - bytes.count }
    guard begins(bytes, with: signature) else { return 1 }
    return max(1, (bytes.count < 16 ? 16 : length(bytes)) - bytes.count)
  }

  /// Of a header of version 2 whose first 16 octets are there.
  private static func length(_ bytes: [UInt8]) -> Int {
    16 + Int(bytes[14]) << 8 + Int(bytes[15])
  }

  /// Whether octets begin like a header that nobody else would send: a whole signature of version
  /// 2, or the word and the family of version 1.
  static func isBegun(_ bytes: some Collection<UInt8>) -> Bool {
    if bytes.starts(with: signature) { return true }
    return ["PROXY TCP4 ", "PROXY TCP6 ", "PROXY UNKNOWN"].contains { bytes.starts(with: $0.utf8) }
  }

  /// Whether one is the begin of the other.
  private static func begins(_ bytes: [UInt8], with start: [UInt8]) -> Bool {
    zip(bytes, start).allSatisfy { $0 == $1 }
  }

  private static func readLine(_ line: String, length: Int) -> Reading {
    let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    if words.count >= 2, words[1] == "UNKNOWN" { return .nameless(length: length) }
    guard words.count == 6, words[1] == "TCP4" || words[1] == "TCP6",
      let client = address(words[2], words[4], isV4: words[1] == "TCP4"),
      let server = address(words[3], words[5], isV4: words[1] == "TCP4")
    else { return .malformed }
    return .client(client, server: server, length: length)
  }

  private static func address(_ host: String, _ port: String, isV4: Bool) -> SocketAddress? {
    // An IPv4 address in the form of an IPv6 one is the IPv4 address.
    guard host.contains(":") != isV4, let address = IPAddress(host),
      port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), !port.hasPrefix("0") || port == "0",
      let number = UInt16(port)
    else { return nil }
    return .ip(address, port: number)
  }

  private static func readBinary(_ bytes: [UInt8]) -> Reading {
    guard bytes.count >= 16 else { return .incomplete }
    let length = length(bytes)
    guard bytes[12] >> 4 == 2, bytes[12] & 15 <= 1, length <= longest else { return .malformed }
    guard bytes.count >= length else { return .incomplete }
    // LOCAL: whatever else is said is not meant.
    guard bytes[12] & 15 == 1 else { return .nameless(length: length) }
    switch bytes[13] {
    case 0x00, 0x31: return .nameless(length: length)
    case 0x11 where length >= 28:
      return .client(
        .ip(v4(bytes, at: 16), port: port(bytes, at: 24)),
        server: .ip(v4(bytes, at: 20), port: port(bytes, at: 26)), length: length)
    case 0x21 where length >= 52:
      return .client(
        .ip(v6(bytes, at: 16), port: port(bytes, at: 48)),
        server: .ip(v6(bytes, at: 32), port: port(bytes, at: 50)), length: length)
    default: return .malformed
    }
  }

  private static func v4(_ bytes: [UInt8], at start: Int) -> IPAddress {
    IPAddress(v4: bytes[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) })
  }

  private static func v6(_ bytes: [UInt8], at start: Int) -> IPAddress {
    IPAddress(
      high: bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) },
      low: bytes[start + 8..<start + 16].reduce(0) { $0 << 8 | UInt64($1) })
  }

  private static func port(_ bytes: [UInt8], at start: Int) -> UInt16 {
    UInt16(bytes[start]) << 8 | UInt16(bytes[start + 1])
  }
}
