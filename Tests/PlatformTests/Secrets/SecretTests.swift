import Platform
import TestKit
import Testing

/// Keys and random bytes.
@Suite struct SecretTests {
  @Test func aKeyShowsNothingOfItself() throws {
    struct Holder {
      let name = "holder"
      let key: Key
    }
    let secret = [UInt8](32..<64)  // printable ASCII: it would be seen as text, too
    let key = try #require(Key(bytes: secret))
    var dumped = ""
    dump(Holder(key: key), to: &dumped)
    let shown = ["\(key)", String(reflecting: key), "\(Holder(key: key))", dumped]
    for text in shown {
      check(text.contains("Key(hidden)"), text)
      for word in ["2021", "octets", "!\"#", "\(key.secretBytes[0]), "] {
        check(!text.contains(word), "\(word) in \(text)")
      }
    }
    check(key.secretBytes, secret)
    check(Key(bytes: Array(secret.dropLast())) == nil, "31 bytes are no key")
  }

  @Test func equalityLooksAtEveryByte() throws {
    let bytes = [UInt8](0..<32)
    let key = try #require(Key(bytes: bytes))
    for index in bytes.indices {
      var other = bytes
      other[index] ^= 1
      check(key != Key(bytes: other), "byte \(index)")
      check(!ConstantTime.equal(bytes, other), "byte \(index)")
    }
    check(key == Key(bytes: bytes) && ConstantTime.equal(bytes, bytes), "the same")
    check(!ConstantTime.equal(bytes, bytes + [0]), "another length")
    check(ConstantTime.equal([], []), "nothing")
  }

  @Test func wipingLeavesNothing() {
    var secret = [UInt8](repeating: 7, count: 100)
    secret.wipe()
    check(secret, [])
  }

  /// 10,000 ids are 40 refills of the buffer; a byte given twice would repeat one.
  @Test func theSystemGivesNothingTwice() async {
    let entropy = SystemEntropy()
    let ids = await withTaskGroup(of: [ID].self) { group in
      for _ in 0..<4 { group.addTask { (0..<2500).map { _ in entropy.id() } } }
      return await group.reduce(into: []) { $0 += $1 }
    }
    check(Set(ids).count, 10_000)
    for count in [0, 1, 31, 1024, 1025, 10_000] {
      let bytes = entropy.bytes(count)
      check(bytes.count, count)
      check(count < 31 || Set(bytes).count > 8, "\(count) bytes look random")
    }
  }

  /// The first outputs of SplitMix64 from zero.
  @Test func aSeedGivesTheSameAgain() {
    let entropy = SeededEntropy(seed: 0)
    check(entropy.uint64(), 0xe220_a839_7b1d_cdaf)
    check(entropy.uint64(), 0x6e78_9e6a_a1b9_65f4)
    check(entropy.uint64(), 0x06c4_5d18_8009_454f)
    let (left, right) = (SeededEntropy(seed: 9), SeededEntropy(seed: 9))
    check(left.bytes(77), right.bytes(77))
    check(left.key() == right.key(), "keys")
    check(left.number(in: 5...9), right.number(in: 5...9))
  }
}
