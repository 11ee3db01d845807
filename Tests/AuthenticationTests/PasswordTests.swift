import Events
import Platform
import TestKit
import Testing

@testable import Authentication

@Suite struct PasswordTests {
  static let pencil = PasswordVerifier(
    prepared: Array("pencil".utf8), salt: Base64.decode("W22ZaJ0SNY7soEsUEjb6gQ==") ?? [],
    iterations: 4_096)

  @Test func theStoredFormsAreFrozen() throws {
    let verifier = [
      "0100001000", "10", "5b6d99689d12358eeca04b141236fa81",
      "586e5df283e6dceb5c3e791d8b8528ec191e664045ce971792e2e6b5bb13e2a6",
      "c1f3cbc1c13a9d35a14c0990eed97629ea225863e566a4314ab99f3f00e5d9d5",
    ]
    check(Hex.encode(Self.pencil.coded), verifier.joined())
    // The states of HMAC-MD5 for "pencil" after its key blocks, as another implementation has them.
    let context = try CRAMContext(Array("pencil".utf8))
    check(
      Hex.encode(context.coded),
      "01834e19104164d6a42de72d243adb40807f47ace0e2af8f6cdeb72c03243a8c87")
  }

  @Test func verifiersAreReadBackOrNotAtAll() {
    let coded = Self.pencil.coded
    check(PasswordVerifier(coded: coded), Self.pencil)
    for count in 0..<coded.count {
      check(PasswordVerifier(coded: Array(coded[..<count])) == nil, "\(count)")
    }
    for (index, value) in [(0, 2), (0, 0), (5, 15), (1, 0xff)] as [(Int, UInt8)] {
      var damaged = coded
      damaged[index] = value
      check(PasswordVerifier(coded: damaged) == nil, "octet \(index) is \(value)")
    }
    check(PasswordVerifier(coded: [1, 0, 0, 0, 0] + coded[5...]) == nil, "no rounds")
  }

  @Test func passwordsMatchInTheirPreparedForm() throws {
    let table: [(set: String, tried: [UInt8], isRight: Bool)] = [
      ("pencil", Array("pencil".utf8), true), ("pencil", Array("Pencil".utf8), false),
      ("pencil", [], false), ("pencil", Array("pencil\0".utf8), false),
      ("caf\u{e9}", Array("cafe\u{301}".utf8), true), ("caf\u{e9}", Array("cafe".utf8), false),
      ("a\u{a0}b", Array("a b".utf8), true), ("a\u{3000}b", Array("a b".utf8), true),
      ("pencil", [0xff, 0xfe], false),
    ]
    let entropy = SeededEntropy(seed: 3)
    for (set, tried, isRight) in table {
      let verifier = try PasswordVerifier.make(Array(set.utf8), iterations: 2, entropy: entropy)
      check(verifier.matches(tried), isRight, "\(set.debugDescription) by \(tried)")
    }
    let one = try PasswordVerifier.make(Array("same".utf8), iterations: 2, entropy: entropy)
    let other = try PasswordVerifier.make(Array("same".utf8), iterations: 2, entropy: entropy)
    check(one != other, "equal passwords have unequal verifiers")
  }

  @Test func unusablePasswordsAreRefused() {
    let unusable: [[UInt8]] = [
      [], [0xff], Array("a\tb".utf8), Array("a\0b".utf8), Array("a\u{85}b".utf8),
      [UInt8](repeating: 0x61, count: 1_025),
    ]
    for password in unusable {
      check(Password.prepared(password), nil)
      #expect(throws: PasswordRefusal.unusable) { try CRAMContext(password) }
    }
    check(Password.prepared([UInt8](repeating: 0x61, count: 1_024))?.count, 1_024)
  }

  @Test func theStatesOfCRAMGiveWhatHMACGives() throws {
    // RFC 2195 §2
    let context = try CRAMContext(Array("tanstaaftanstaaf".utf8))
    let challenge = Array("<1896.697170952@postoffice.reston.mci.net>".utf8)
    check(Hex.encode(context.response(to: challenge)), "b913a602c7eda7a495b4e6e7334d3890")
    check(CRAMContext(coded: context.coded), context)
    check(context.coded.count, 33)
    var random = SeededRandom(seed: 11)
    for length in 1...200 {
      let password = (0..<length).map { _ in UInt8.random(in: 0x21...0x7e, using: &random) }
      let message = random.bytes(length * 3 % 257)
      check(
        try CRAMContext(password).response(to: message), HMAC.md5(key: password, message),
        "password of \(length)")
    }
    check(CRAMContext(coded: [2] + context.coded.dropFirst()) == nil, "another version")
    check(CRAMContext(coded: Array(context.coded.dropLast())) == nil, "too short")
  }

  @Test func rightPasswordsAreRememberedForAMinuteAndPerVerifier() {
    let cache = PasswordCache(entropy: SeededEntropy(seed: 1))
    let password = Array("pencil".utf8)
    check(!cache.holds(password, of: Slot(7), now: 0), "nothing is held at first")
    cache.keep(password, of: Slot(7), now: 0)
    check(cache.holds(password, of: Slot(7), now: PasswordCache.lifetime - 1), "within a minute")
    check(!cache.holds(password, of: Slot(8), now: 1), "another verifier, another entry")
    check(!cache.holds(Array("pencils".utf8), of: Slot(7), now: 1), "another password")
    cache.keep(password, of: Slot(7), now: PasswordCache.lifetime / 2)
    check(cache.holds(password, of: Slot(7), now: PasswordCache.lifetime), "kept anew")
    check(!cache.holds(password, of: Slot(7), now: 2 * PasswordCache.lifetime), "after its end")
    check(cache.count, 0)
    for slot in 0..<UInt64(PasswordCache.most + 500) {
      cache.keep(password, of: Slot(slot), now: 0)
    }
    check(cache.count, PasswordCache.most)
    check(!cache.holds(password, of: Slot(0), now: 0), "the oldest made room")
    check(cache.holds(password, of: Slot(600), now: 0), "the others are held")
  }
}
