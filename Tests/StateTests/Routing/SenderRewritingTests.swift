import Platform
import TestKit
import Testing

@testable import State

@Suite struct SenderRewritingTests {
  static let key = SeededEntropy(seed: 1).key()
  let here = SenderRewriting(key: key, domain: "fwd.test")
  let now = Timestamp(seconds: 1_800_000_000)

  private func local(_ path: [UInt8]) -> [UInt8] {
    Array(path[..<(path.lastIndex(of: UInt8(ascii: "@")) ?? 0)])
  }

  @Test func `what was rewritten leads back, whatever case it comes back in`() throws {
    for sender in ["ann@else.test", "a=b+c@x.test", "\"a b\"@x.test", "ä@x.test", "A@[192.0.2.1]"] {
      let path = try #require(here.rewrite(Array(sender.utf8), at: now))
      check(path.starts(with: Array("SRS0=".utf8)), "\(String(decoding: path, as: UTF8.self))")
      check(here.reverse(local(path), at: now), Array(sender.utf8), sender)
      let later = now.adding(seconds: 20 * 86_400)
      check(here.reverse(local(path), at: later), Array(sender.utf8), sender)
      check(here.reverse(local(path), at: now.adding(seconds: 23 * 86_400)), nil, "too old")
    }
    let path = try #require(here.rewrite(Array("ann@else.test".utf8), at: now))
    let shouted = local(path).map { (0x61...0x7a).contains($0) ? $0 - 32 : $0 }
    check(here.reverse(shouted, at: now), Array("ANN@ELSE.TEST".utf8))
  }

  @Test func `a second forwarder keeps the first one's address, and a third the same`() throws {
    let second = SenderRewriting(key: SeededEntropy(seed: 2).key(), domain: "two.test")
    let third = SenderRewriting(key: SeededEntropy(seed: 3).key(), domain: "three.test")
    let first = try #require(here.rewrite(Array("ann@else.test".utf8), at: now))
    let again = try #require(second.rewrite(first, at: now))
    check(again.starts(with: Array("SRS1=".utf8)), "the second form")
    let once = try #require(third.rewrite(again, at: now))
    check(again.count - 8, once.count - 10, "it does not grow")
    check(third.reverse(local(once), at: now), first)
    check(second.reverse(local(again), at: now), first)
    check(here.reverse(local(first), at: now), Array("ann@else.test".utf8))
  }

  @Test func `nobody else makes an address that leads on`() throws {
    let path = local(try #require(here.rewrite(Array("ann@else.test".utf8), at: now)))
    for index in 5..<path.count where path[index] != UInt8(ascii: "=") {
      var changed = path
      changed[index] = changed[index] == UInt8(ascii: "q") ? UInt8(ascii: "p") : UInt8(ascii: "q")
      check(here.reverse(changed, at: now), nil, "octet \(index)")
    }
    for wrong in [
      "SRS0", "SRS0=", "SRS0==", "SRS0=aaaaaaaa=", "SRS0=aaaaaaaa=aa=x=y", "SRS1=aaaaaaaa=x=y",
      "SRS1==x=", "ann", "",
    ] {
      check(here.reverse(Array(wrong.utf8), at: now), nil, wrong)
    }
    let other = SenderRewriting(key: SeededEntropy(seed: 9).key(), domain: "fwd.test")
    check(other.reverse(path, at: now), nil)
    let long = String(repeating: "x", count: 240) + "@else.test"
    check(here.rewrite(Array(long.utf8), at: now), nil, "longer than a path")
    check(here.rewrite(Array("none".utf8), at: now), nil)
  }
}
