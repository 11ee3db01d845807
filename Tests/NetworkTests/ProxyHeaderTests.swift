import Platform
import TestKit
import Testing

@testable import Network

@Suite struct ProxyHeaderTests {
  static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]
  static let v4Addresses: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 2, 0xDA, 0xC0, 0, 25]

  static func binary(_ command: UInt8, _ family: UInt8, _ rest: [UInt8]) -> [UInt8] {
    signature + [command, family, UInt8(rest.count >> 8), UInt8(rest.count & 255)] + rest
  }

  private func client(_ text: String, _ server: String, _ length: Int) -> ProxyHeader.Reading {
    .client(SocketAddress(text)!, server: SocketAddress(server)!, length: length)
  }

  @Test func linesAreRead() {
    let table: [(String, ProxyHeader.Reading)] = [
      (
        "PROXY TCP4 192.0.2.1 198.51.100.2 56000 25\r\nEHLO x\r\n",
        client("192.0.2.1:56000", "198.51.100.2:25", 44)
      ),
      (
        "PROXY TCP6 2001:db8::1 ::1 1 65535\r\n", client("[2001:db8::1]:1", "[::1]:65535", 36)
      ),
      ("PROXY UNKNOWN\r\n", .nameless(length: 15)),
      ("PROXY UNKNOWN ffff::1 ::2 65535 65535\r\n", .nameless(length: 39)),
      ("PROXY TCP4 192.0.2.1 198.51.100.2 56000 25", .incomplete), ("P", .incomplete),
      ("", .incomplete), ("PROXY TCP4 192.0.2.1 198.51.100.2 56000 25\n", .malformed),
      ("PROXY TCP4 192.0.2.1 198.51.100.2 56000\r\n", .malformed),
      ("PROXY TCP4 192.0.2.1 198.51.100.2 56000 25 9\r\n", .malformed),
      ("PROXY TCP4 192.0.2.1  198.51.100.2 56000 25\r\n", .malformed),
      ("PROXY TCP4 192.0.2.01 198.51.100.2 56000 25\r\n", .malformed),
      ("PROXY TCP4 192.0.2.1 198.51.100.2 056000 25\r\n", .malformed),
      ("PROXY TCP4 192.0.2.1 198.51.100.2 65536 25\r\n", .malformed),
      ("PROXY TCP4 192.0.2.1 198.51.100.2 -1 25\r\n", .malformed),
      ("PROXY TCP4 ::1 ::1 56000 25\r\n", .malformed),
      ("PROXY TCP6 192.0.2.1 198.51.100.2 56000 25\r\n", .malformed),
      ("PROXY UDP4 192.0.2.1 198.51.100.2 56000 25\r\n", .malformed),
      ("proxy TCP4 192.0.2.1 198.51.100.2 56000 25\r\n", .malformed),
      ("EHLO client.test\r\n", .malformed), ("PROXY\r\n", .malformed), ("\r\n", .incomplete),
      ("PROXY UNKNOWN " + String(repeating: "x", count: 91) + "\r\n", .nameless(length: 107)),
      ("PROXY UNKNOWN " + String(repeating: "x", count: 92) + "\r\n", .malformed),
    ]
    for (text, reading) in table { check(ProxyHeader.read(Array(text.utf8)), reading, text) }
  }

  @Test func octetsAreRead() {
    let v6 =
      [UInt8](repeating: 0, count: 15) + [1] + [0x20, 1, 0x0d, 0xb8]
      + [UInt8](repeating: 0, count: 11) + [9] + [0, 80, 1, 0]
    let v4 = Self.v4Addresses
    let table: [(String, [UInt8], ProxyHeader.Reading)] = [
      ("IPv4", Self.binary(0x21, 0x11, v4), client("192.0.2.1:56000", "198.51.100.2:25", 28)),
      (
        "IPv4 and extensions", Self.binary(0x21, 0x11, v4 + [4, 0, 1, 9]),
        client("192.0.2.1:56000", "198.51.100.2:25", 32)
      ),
      ("IPv6", Self.binary(0x21, 0x21, v6), client("[::1]:80", "[2001:db8::9]:256", 52)),
      ("LOCAL", Self.binary(0x20, 0x11, v4), .nameless(length: 28)),
      ("LOCAL, empty", Self.binary(0x20, 0, []), .nameless(length: 16)),
      ("unspecified", Self.binary(0x21, 0, []), .nameless(length: 16)),
      ("Unix", Self.binary(0x21, 0x31, [UInt8](repeating: 0, count: 216)), .nameless(length: 232)),
      ("too short for IPv4", Self.binary(0x21, 0x11, v4.dropLast()), .malformed),
      ("too short for IPv6", Self.binary(0x21, 0x21, v6.dropLast()), .malformed),
      ("datagrams", Self.binary(0x21, 0x12, v4), .malformed),
      ("another version", Self.binary(0x11, 0x11, v4), .malformed),
      ("another command", Self.binary(0x22, 0x11, v4), .malformed),
      ("too long", Self.signature + [0x21, 0x11, 0xFF, 0xFF], .malformed),
      ("another signature", Array("\r\n\r\n\0\r\nQUIX\n".utf8) + [0x21], .malformed),
    ]
    for (what, octets, reading) in table {
      check(ProxyHeader.read(octets), reading, what)
      check(ProxyHeader.read(octets + [1, 2, 3]), reading, "\(what), and more")
    }
    let whole = Self.binary(0x21, 0x11, v4)
    for count in whole.indices {
      check(ProxyHeader.read(Array(whole[..<count])), .incomplete, "\(count) octets")
    }
    // Read as far as is missing each time, no octet behind the header is taken.
    let line = Array("PROXY UNKNOWN\r\n".utf8)
    for header in [whole, line, Self.binary(0x20, 0, []), Self.binary(0x21, 0x21, v6)] {
      var taken: [UInt8] = []
      while ProxyHeader.read(taken) == .incomplete {
        taken += (header + [0x16, 3, 1])[taken.count...].prefix(ProxyHeader.missing(taken))
      }
      check(taken, header)
    }
  }

  @Test func nobodyElseBeginsLikeIt() {
    let table: [(String, Bool)] = [
      ("PROXY TCP4 1", true), ("PROXY UNKNOWN\r\n", true), ("PROXY TCP6 ::1", true),
      ("PROXY LOGIN a b\r\n", false), ("PROXY", false), ("EHLO proxy\r\n", false),
      ("\r\n\r\n\0\r\nQUIT\n!", true), ("\r\n\r\n", false),
    ]
    for (text, isBegun) in table {
      check(ProxyHeader.isBegun(Array(text.utf8)), isBegun, text)
    }
  }
}
