import Platform
import TestKit
import Testing

/// Published vectors of the ciphers, and what they refuse.
@Suite struct CipherTests {
  private func bytes(_ hex: String) throws -> [UInt8] { try #require(Hex.decode(hex)) }
  private func key(_ hex: String) throws -> Key { try #require(Key(bytes: bytes(hex))) }

  /// Cases 13, 14 and 16 of McGrew and Viega, "The Galois/Counter Mode of Operation".
  @Test func gcmGivesTheValuesOfItsPaper() throws {
    let zero = String(repeating: "0", count: 64)
    let one = "feffe9928665731c6d6a8f9467308308"
    let rows: [(key: String, nonce: String, aad: String, plain: String, sealed: String)] = [
      (zero, "000000000000000000000000", "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
      (
        zero, "000000000000000000000000", "", "00000000000000000000000000000000",
        "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
      ),
      (
        one + one, "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
          + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
          + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
          + "76fc6ece0f4e1768cddf8853bb2d551b"
      ),
    ]
    for row in rows {
      let cipher = Cipher(try key(row.key))
      let (nonce, aad, plain) = (try bytes(row.nonce), try bytes(row.aad), try bytes(row.plain))
      for _ in 0..<2 {  // the second time with the schedule kept
        let sealed = cipher.seal(plain, nonce: nonce, aad: aad)
        check(Hex.encode(sealed), row.sealed)
        check(cipher.open(sealed, nonce: nonce, aad: aad), plain)
      }
    }
  }

  @Test func nothingOpensThatWasChanged() {
    let entropy = SeededEntropy(seed: 3)
    let cipher = Cipher(entropy.key())
    let (nonce, aad, plain) = (entropy.bytes(12), entropy.bytes(20), entropy.bytes(100))
    let sealed = cipher.seal(plain, nonce: nonce, aad: aad)
    for index in sealed.indices {
      var changed = sealed
      changed[index] ^= 1
      check(cipher.open(changed, nonce: nonce, aad: aad), nil, "byte \(index)")
    }
    check(cipher.open(sealed, nonce: entropy.bytes(12), aad: aad), nil, "another nonce")
    check(cipher.open(sealed, nonce: nonce, aad: aad + [0]), nil, "other data beside")
    check(cipher.open(sealed, nonce: Array(nonce.dropLast()), aad: aad), nil, "a short nonce")
    check(cipher.open(Array(sealed.dropLast()), nonce: nonce, aad: aad), nil, "cut")
    check(cipher.open(Array(sealed.prefix(15)), nonce: nonce, aad: aad), nil, "less than a tag")
    check(Cipher(entropy.key()).open(sealed, nonce: nonce, aad: aad), nil, "another key")
    check(cipher.open(sealed, nonce: nonce, aad: aad), plain, "and still opens what is right")
  }

  @Test func appendingLeavesWhatWasThere() {
    let entropy = SeededEntropy(seed: 4)
    let cipher = Cipher(entropy.key())
    let (nonce, plain) = (entropy.bytes(12), entropy.bytes(1000))
    var out: [UInt8] = [1, 2, 3]
    cipher.seal(plain.span.bytes, nonce: nonce.span.bytes, aad: RawSpan(), appendingTo: &out)
    check(Array(out.prefix(3)), [1, 2, 3])
    check(Array(out.dropFirst(3)), cipher.seal(plain, nonce: nonce, aad: []))
    var back: [UInt8] = [9]
    let sealed = Array(out.dropFirst(3))
    check(
      cipher.open(sealed.span.bytes, nonce: nonce.span.bytes, aad: RawSpan(), appendingTo: &back),
      "it opens")
    check(back, [9] + plain)
    check(
      !cipher.open(out.span.bytes, nonce: nonce.span.bytes, aad: RawSpan(), appendingTo: &back),
      "it does not open")
    check(back, [9] + plain, "and nothing was appended")
  }

  @Test func threadsMayShareACipher() async {
    let entropy = SeededEntropy(seed: 5)
    let cipher = Cipher(entropy.key())
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<8 as Range<UInt8> {
        group.addTask {
          let nonce = [UInt8](repeating: number, count: 12)
          for size in 0..<300 {
            let plain = [UInt8](repeating: number, count: size)
            let sealed = cipher.seal(plain, nonce: nonce, aad: [number])
            check(cipher.open(sealed, nonce: nonce, aad: [number]), plain)
          }
        }
      }
    }
  }

  /// RFC 3394 §4.6
  @Test func wrappingGivesTheValueOfRFC3394() throws {
    let wrapping = try key("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
    let secret = try key("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f")
    let wrapped = KeyWrap.wrap(secret, under: wrapping)
    check(
      Hex.encode(wrapped),
      "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21")
    check(KeyWrap.unwrap(wrapped, under: wrapping), secret)
    check(KeyWrap.unwrap(wrapped, under: secret), nil, "another key")
    for index in wrapped.indices {
      var changed = wrapped
      changed[index] ^= 0x80
      check(KeyWrap.unwrap(changed, under: wrapping), nil, "byte \(index)")
    }
    check(KeyWrap.unwrap(Array(wrapped.dropLast(8)), under: wrapping), nil, "cut")
  }

  /// RFC 8032 §7.1, tests 1 to 3
  @Test func ed25519GivesTheValuesOfRFC8032() throws {
    let rows = [
      (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
          + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
      ),
      (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
          + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
      ),
      (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
          + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
      ),
    ]
    for (secret, expectedPublic, hex, expected) in rows {
      let (seed, message) = (try key(secret), try bytes(hex))
      let publicKey = Ed25519.publicKey(seed: seed)
      check(Hex.encode(publicKey), expectedPublic)
      let signature = Ed25519.sign(message, seed: seed)
      check(Hex.encode(signature), expected)
      check(Ed25519.verify(signature, of: message, publicKey: publicKey), "its own signature")
      check(!Ed25519.verify(signature, of: message + [0], publicKey: publicKey), "another text")
      check(!Ed25519.verify(signature.reversed(), of: message, publicKey: publicKey), "nonsense")
      check(!Ed25519.verify([], of: message, publicKey: publicKey), "no signature")
    }
  }
}
