import Platform
import TestKit
import Testing

/// Published vectors of the hashes.
@Suite struct DigestTests {
  @Test func sha256GivesTheValuesOfFIPS180() {
    let long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    let vectors: [([UInt8], String)] = [
      ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (Array(long.utf8), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
      (
        [UInt8](repeating: 0x61, count: 1_000_000),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      ),
    ]
    for (bytes, expected) in vectors {
      check(SHA256.digest(bytes).description, expected, "at once")
      check(SHA256.digest(bytes.span).description, expected, "a span")
      for size in [1, 55, 64, 1000] where bytes.count < 1000 || size > 1 {
        var stream = SHA256Stream()
        for start in stride(from: 0, to: bytes.count, by: size) {
          stream.update(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        check(stream.finish().description, expected, "in parts of \(size)")
      }
    }
  }

  @Test func prefixesAndNodesAreWhatTheySay() {
    let left = SHA256.digest([1])
    let right = SHA256.digest([2])
    check(SHA256.digest(prefix: 0, [7, 8]), SHA256.digest([0, 7, 8]), "leaf")
    check(SHA256.digest(prefix: 0, []), SHA256.digest([0]), "empty leaf")
    check(SHA256.node(left, right), SHA256.digest([1] + left.bytes + right.bytes), "node")
  }

  @Test func hmacGivesTheValuesOfRFC4231() {
    let large = [UInt8](repeating: 0xaa, count: 131)
    let vectors: [([UInt8], [UInt8], String)] = [
      (
        [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
      ),
      (
        Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
      ),
      (
        [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
      ),
      (
        Array(1...25), [UInt8](repeating: 0xcd, count: 50),
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
      ),
      (
        large, Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
      ),
      (
        large,
        Array(
          ("This is a test using a larger than block-size key and a larger than block-size data. "
            + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
      ),
    ]
    for (key, bytes, expected) in vectors {
      check(HMAC.sha256(key: key, bytes).description, expected)
    }
  }

  /// RFC 2195 §2, with the secret `tanstaaftanstaaf`.
  @Test func hmacMD5GivesTheValueOfRFC2195() {
    let challenge = Array("<1896.697170952@postoffice.reston.mci.net>".utf8)
    let mac = HMAC.md5(key: Array("tanstaaftanstaaf".utf8), challenge)
    check(Hex.encode(mac), "b913a602c7eda7a495b4e6e7334d3890")
  }

  /// RFC 5869 A.3 has no `info`; the other rows follow from the definition in §2.3.
  @Test func hkdfExpandGivesTheValueOfRFC5869() throws {
    let secret = "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04"
    let key = try #require(Hex.decode(secret).flatMap { Key(bytes: $0) })
    check(
      Hex.encode(HKDF.expand(key, info: "").secretBytes),
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d")
    for info in ["daybook/event/1", "daybook/content/1", String(repeating: "x", count: 200)] {
      let expected = HMAC.sha256(key: key.secretBytes, Array(info.utf8) + [1])
      check(HKDF.expand(key, info: info).secretBytes, expected.bytes, info)
    }
  }

  @Test func pbkdf2GivesTheValuesOfRFC7914() {
    let vectors = [
      ("passwd", "salt", 1, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"),
      (
        "Password", "NaCl", 80_000,
        "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
      ),
    ]
    for (password, salt, iterations, expected) in vectors {
      let digest = PBKDF2.sha256(
        password: Array(password.utf8), salt: Array(salt.utf8), iterations: iterations)
      check(digest.description, expected, password)
    }
  }
}
