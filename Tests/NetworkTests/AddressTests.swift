import Network
import Platform
import TestKit
import Testing

@Suite struct AddressTests {
  @Test func addressesAreReadAndWrittenCanonically() {
    let table: [(String, String?)] = [
      ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
      ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:c000:0201", "192.0.2.1"),
      ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::1", "2001:db8::1"),
      ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
      ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
      ("192.0.2", nil), ("192.0.2.256", nil), ("192.0.2.01", nil), ("192.0.2.1.", nil),
      ("", nil), (":", nil), (":::", nil), ("1::2::3", nil), ("1:2:3:4:5:6:7", nil),
      ("1:2:3:4:5:6:7:8:9", nil), ("1:2:3:4:5:6:7:8::", nil), ("12345::", nil), ("g::", nil),
      ("::1%lo", nil), ("fe80::1 ", nil), ("1.2.3.4::", nil), ("127.1", nil), ("0x7f.0.0.1", nil),
    ]
    for (text, canonical) in table {
      check(IPAddress(text)?.description, canonical, text)
    }
  }

  @Test func networksKeepTheirFirstBits() {
    let table: [(String, Int, String)] = [
      ("192.0.2.129", 24, "192.0.2.0"), ("192.0.2.129", 32, "192.0.2.129"),
      ("192.0.2.129", 0, "0.0.0.0"), ("2001:db8:1:2:3:4:5:6", 64, "2001:db8:1:2::"),
      ("2001:db8:1:2:3:4:5:6", 48, "2001:db8:1::"),
      ("2001:db8:1:2:3:4:5:6", 128, "2001:db8:1:2:3:4:5:6"),
      ("2001:db8::1", 0, "::"),
    ]
    for (text, bits, network) in table {
      check(IPAddress(text)?.network(bits: bits).description, network, "\(text)/\(bits)")
    }
    check(IPAddress("127.8.9.1")?.isLoopback, true)
    check(IPAddress("::ffff:127.0.0.1")?.isLoopback, true)
    check(IPAddress("128.0.0.1")?.isLoopback, false)
  }

  @Test func socketAddressesAreReadAndWritten() {
    let table: [(String, String?)] = [
      ("192.0.2.1:25", "192.0.2.1:25"), ("[::1]:143", "[::1]:143"),
      ("[::ffff:1.2.3.4]:1", "1.2.3.4:1"),
      ("::1:25", nil), ("192.0.2.1", nil), ("192.0.2.1:", nil), ("192.0.2.1:65536", nil),
      ("192.0.2.1:+5", nil), ("[192.0.2.1]:25", nil), ("host:25", nil),
    ]
    for (text, canonical) in table { check(SocketAddress(text)?.description, canonical, text) }
  }
}
