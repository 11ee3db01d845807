import CPlatform
import Platform
import TestKit
import Testing

/// Checksums and texts of bytes.
@Suite struct CodingTests {
  /// RFC 3720 B.4, and the check value of the CRC catalogue.
  static let checksums: [([UInt8], UInt32)] = [
    ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
    ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
    (Array(0..<32), 0x46dd_794e),
    (Array((0..<32).reversed()), 0x113f_db5c),
    (
      [
        0x01, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0,
        0, 0, 0, 0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
      ], 0xd996_3a56
    ),
    (Array("123456789".utf8), 0xe306_9283),
    ([], 0),
  ]

  @Test func crc32cGivesTheValuesOfRFC3720() {
    for (bytes, expected) in Self.checksums {
      check(CRC32C.of(bytes), expected, "\(bytes)")
      check(CRC32C.of(bytes.span), expected, "span")
      check(daybook_crc32c_by_table(0, bytes, bytes.count), expected, "by table: \(bytes)")
      for cut in 0...bytes.count {
        let seed = CRC32C.of(Array(bytes[..<cut]))
        check(CRC32C.of(Array(bytes[cut...]), seed: seed), expected, "in parts at \(cut)")
      }
    }
  }

  @Test func instructionAndTableAgree() {
    let bytes = SeededEntropy(seed: 6).bytes(3000)
    for start in 0..<16 {
      for count in [0, 1, 7, 8, 9, 63, 64, 65, 255, 1023, 1024, 1025, 2900] {
        let part = Array(bytes[start..<start + count])
        check(
          CRC32C.of(part, seed: 77), daybook_crc32c_by_table(77, part, count), "\(start) \(count)")
      }
    }
  }

  @Test func hexReadsWhatItWrites() {
    let all = [UInt8](0...255)
    check(Hex.encode([0, 1, 0x7f, 0xab, 0xff]), "00017fabff")
    check(Hex.decode(Hex.encode(all)), all)
    check(Hex.decode(Hex.encode(all).uppercased()), all)
    check(Hex.decode(""), [])
    for bad in ["0", "0g", "0x", " 00", "00 ", "é"] { check(Hex.decode(bad), nil, bad) }
  }

  /// RFC 4648 §10
  @Test func base64GivesTheValuesOfRFC4648() {
    let vectors = [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ]
    for (plain, text) in vectors {
      check(Base64.text(Array(plain.utf8)), text)
      check(Base64.decode(text), Array(plain.utf8))
    }
    let all = [UInt8](0...255)
    check(Base64.decode(Base64.encode(all)), all)
  }

  @Test func base64IsStrict() {
    let bad = [
      "Z", "Zg", "Zg=", "Zg===", "Zm9", "=", "==", "====", "Zg==Zg==", "Zm=v", "Zh==", "Zm9=",
      "Zm 9", "Zm9v\r\n", "Zm-v", "Zm_v", "Zm9v=", "Zm9v====", "\u{0}m9v", "Zmé",
    ]
    for text in bad { check(Base64.decode(text), nil, text) }
  }
}
